(* Messages in a stream of bytes: a connected socket, or one end of a pipe. *)

type t = {
  descriptor : Unix.file_descr;
  piece : int; (* bytes that one write may have *)
  framing : Framings.t;
  limit : int;
  queue : Byte_queue.t; (* what has been read and is not consumed *)
  mutable progress : Framings.progress; (* in the header at the front of the queue *)
  mutable frame : Framings.frame option; (* once the header is whole *)
  mutable is_at_end : bool;
}

(* A descriptor of our own is non-blocking, and takes as much as there is room for. One that was inherited shares
   that setting with others, such as the parent who made it, and so stays as it is. But once select says that it is
   writable, PIPE_BUF bytes do not have to wait. *)
let pipe_buf = 4096

let create ~is_shared descriptor framing limit =
  {
    descriptor;
    piece = (if is_shared then pipe_buf else Byte_queue.chunk);
    framing;
    limit;
    queue = Byte_queue.create ();
    progress = Framings.new_progress ();
    frame = None;
    is_at_end = false;
  }

(* The system may take a part only, then the rest is for the next call. Unix.write has this loop inside. But it
   cannot be stopped there, and an error in the middle hides how much was written. Unix.single_write is the system's
   write, of at most 65536 bytes. *)
let rec write_from stream bytes written =
  let left = Bytes.length bytes - written in
  if left > 0 then begin
    Waiting.until (Writable stream.descriptor) None;
    let size = min left stream.piece in
    match
      Waiting.uninterrupted (fun () -> Unix.single_write stream.descriptor bytes written size)
    with
    | count -> write_from stream bytes (written + count)
    | exception Unix.Unix_error (EAGAIN, _, _) -> write_from stream bytes written
  end

(* Header, payload and trailer go together: half the calls, and TCP sends one segment, not two. *)
let send stream bytes start length =
  let header = Framings.header stream.framing length in
  let trailer = Framings.trailer stream.framing in
  let size = String.length header in
  let whole = Bytes.create (size + length + String.length trailer) in
  Bytes.blit_string header 0 whole 0 size;
  Bytes.blit bytes start whole size length;
  Bytes.blit_string trailer 0 whole (size + length) (String.length trailer);
  if stream.framing = Line && Bytes.index whole '\n' < length then
    Fault.fail Malformed "the message has a line feed, which would end it; use another framing";
  write_from stream whole 0

let size_of stream (frame : Framings.frame) =
  frame.header + frame.payload + String.length (Framings.trailer stream.framing)

(* Where the payload is of the frame at the front of the queue, if the frame is whole. *)
let whole_frame stream =
  let { Byte_queue.bytes; first; _ } = stream.queue in
  let available = Byte_queue.length stream.queue in
  if stream.frame = None && available > 0 then
    stream.frame <-
      Framings.decode stream.framing bytes first available stream.progress stream.limit;
  match stream.frame with
  | Some frame when available >= size_of stream frame ->
      Framings.check_trailer stream.framing (Bytes.get bytes (first + size_of stream frame - 1));
      Some (bytes, first + frame.header, frame.payload)
  | _ -> None

let read_more stream deadline =
  let queue = stream.queue in
  let longest_header = Framings.longest_content_header in
  let most = Option.fold stream.frame ~none:(stream.limit + longest_header) ~some:(size_of stream) in
  Byte_queue.make_room queue most;
  Waiting.until (Readable stream.descriptor) deadline;
  let room = Bytes.length queue.bytes - queue.last in
  match
    Waiting.uninterrupted (fun () -> Unix.read stream.descriptor queue.bytes queue.last room)
  with
  | 0 -> stream.is_at_end <- true
  | count -> queue.last <- queue.last + count
  (* Somebody who shares the descriptor was faster: wait again. *)
  | exception Unix.Unix_error (EAGAIN, _, _) -> ()

(* The next message: its bytes, where it begins in them, and its length. None is the end of the stream. After a
   timeout a further call goes on where this one stopped. *)
let rec receive stream deadline =
  (* Decode first, read second: one read may have brought several frames. *)
  match whole_frame stream with
  | Some message -> Some message
  | None when not stream.is_at_end ->
      read_more stream deadline;
      receive stream deadline
  (* It stays at its end: a FIFO's next writer must not bring an ended stream back to life. *)
  | None when Byte_queue.length stream.queue = 0 -> None
  | None ->
      Fault.fail Truncated "the stream ended after %d bytes of a frame; the peer ended too early"
        (Byte_queue.length stream.queue)

(* The message that `receive` gave is done with. *)
let consume stream =
  Option.iter (fun frame -> Byte_queue.take stream.queue (size_of stream frame)) stream.frame;
  stream.frame <- None;
  stream.progress <- Framings.new_progress ()

(* The peer sees the end of the stream, and can still send. *)
let end_writing stream =
  (* ENOTCONN: the peer has reset the connection, so there is no direction left to close. *)
  try Unix.shutdown stream.descriptor SHUTDOWN_SEND with Unix.Unix_error (ENOTCONN, _, _) -> ()
