(* A message from a file, a message into a file. *)

let check_regular (status : Unix.stats) path =
  if status.st_kind <> S_REG then Fault.fail Usage "%s is not a regular file; use one" path

let rec fill descriptor bytes count =
  if count = Bytes.length bytes then bytes
  else
    let left = Bytes.length bytes - count in
    match Waiting.uninterrupted (fun () -> Unix.read descriptor bytes count left) with
    | 0 -> Bytes.sub bytes 0 count (* It has become shorter. *)
    | more -> fill descriptor bytes (count + more)

let read path limit =
  (* Looked at before it is opened: opening a device can have effects, and a FIFO's writer that waits for a reader
     would find one. *)
  check_regular (Unix.stat path) path;
  (* If the path has become a FIFO since, O_NONBLOCK keeps the open from waiting for a writer. *)
  let descriptor = Descriptors.open_file path [ O_RDONLY; O_NONBLOCK ] in
  Fun.protect
    ~finally:(fun () -> Descriptors.close descriptor)
    (fun () ->
      let status = Unix.fstat descriptor in
      check_regular status path;
      if status.st_size > limit then
        Fault.fail Too_large "%s has %d bytes; raise the channel's limit=" path status.st_size;
      fill descriptor (Bytes.create status.st_size) 0)

let rec write_rest descriptor bytes start left =
  if left > 0 then
    match Waiting.uninterrupted (fun () -> Unix.single_write descriptor bytes start left) with
    | count -> write_rest descriptor bytes (start + count) (left - count)
    (* It is no regular file, but a FIFO or a terminal. *)
    | exception Unix.Unix_error (EAGAIN, _, _) ->
        Waiting.until (Writable descriptor) None;
        write_rest descriptor bytes start left

(* Makes or replaces the file. Nobody waits for a FIFO's reader here: without one, it is an error. *)
let write path bytes start length =
  let flags = [ Unix.O_WRONLY; O_CREAT; O_TRUNC; O_NONBLOCK ] in
  match Descriptors.open_file path flags with
  | descriptor ->
      Fun.protect
        ~finally:(fun () -> Descriptors.close descriptor)
        (fun () -> write_rest descriptor bytes start length)
  | exception Unix.Unix_error (ENXIO, _, _) ->
      Fault.fail Usage "%s is a FIFO without a reader; receive into a regular file" path
