(* FIFOs, and ends of pipes and socketpairs that were inherited. *)

(* Opening for reading succeeds at once with O_NONBLOCK, and select waits for the first writer. Opening for writing
   fails with ENXIO as long as there is no reader. *)
let rec open_without_waiting ~is_reader path =
  match Descriptors.open_file path [ (if is_reader then O_RDONLY else O_WRONLY); O_NONBLOCK ] with
  | descriptor -> descriptor
  | exception Unix.Unix_error (ENXIO, _, _) ->
      Waiting.a_moment ();
      open_without_waiting ~is_reader path

let open_fifo ~is_reader path =
  (* Looked at before it is opened: opening a device can have effects. *)
  if (Unix.stat path).st_kind <> S_FIFO then Fault.fail Usage "%s is not a FIFO; make one with mkfifo" path;
  open_without_waiting ~is_reader path

(* The library has no fcntl, so it cannot ask for which direction a descriptor was opened. The symbolic link to it
   in /proc tells by its permissions. *)
let is_for ~is_reader number =
  let permissions = (Unix.lstat (Printf.sprintf "/proc/self/fd/%d" number)).st_perm in
  permissions land (if is_reader then 0o400 else 0o200) <> 0

let check_pipe ~is_reader number (status : Unix.stats) _ =
  if status.st_kind <> S_FIFO || not (is_for ~is_reader number) then
    Fault.fail Usage "descriptor %d is not the end of a pipe that this role needs" number

(* The library gives the number of the type, and has no names for them. *)
let sock_stream = 1

let check_socketpair number (status : Unix.stats) descriptor =
  if status.st_kind <> S_SOCK || Unix.getsockopt_int descriptor SO_TYPE <> sock_stream then
    Fault.fail Usage "descriptor %d is not a stream socket; pass one end of a socketpair" number

let select_limit = 1024

(* `check` refuses what is not of the right kind. `is_used` says whether a channel has it already. *)
let adopt text ~is_used check =
  (* 0 to 2 carry the commands, the replies and the log. *)
  match Words.number text 3 2_147_483_647 with
  | None -> Fault.fail Usage "%s is not the number of an inherited descriptor, 3 or more" text
  | Some number ->
      (* The library makes no descriptor of a number. But on Unix a descriptor of OCaml is the number itself, so
         this unchecked cast is right. There is no other way to use what was inherited. *)
      let descriptor : Unix.file_descr = Obj.magic number in
      let status = Unix.fstat descriptor in
      if is_used descriptor then
        Fault.fail Usage "descriptor %d belongs to an open channel; close that first" number;
      check number status descriptor;
      if number < select_limit then begin
        Unix.set_close_on_exec descriptor;
        descriptor
      end
      else begin
        (* select could not watch it. dup gives the lowest number that is free. *)
        let low = Unix.dup ~cloexec:true descriptor in
        Descriptors.close descriptor;
        low
      end
