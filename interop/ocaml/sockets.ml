(* Sockets: listening, accepting, connecting. They are non-blocking, since `Waiting` does all waiting. *)

let backlog = 16

let make address =
  let descriptor = Unix.socket ~cloexec:true (Unix.domain_of_sockaddr address) SOCK_STREAM 0 in
  Unix.set_nonblock descriptor;
  descriptor

(* Without this a small message waits until the peer has confirmed the one before: up to 40 ms. *)
let send_at_once descriptor = function
  | Unix.ADDR_INET _ -> Unix.setsockopt descriptor TCP_NODELAY true
  | ADDR_UNIX _ -> ()

(* Binds, and gives the file that was made. An abstract name, which begins with NUL, makes none. *)
let bind descriptor address =
  match address with
  | Unix.ADDR_UNIX path when path.[0] <> '\000' -> Socket_files.bind descriptor address path
  | ADDR_UNIX _ ->
      Unix.bind descriptor address;
      None
  | ADDR_INET _ ->
      (* Connections of an earlier listener that are in TIME_WAIT must not keep the port. *)
      Unix.setsockopt descriptor SO_REUSEADDR true;
      Unix.bind descriptor address;
      None

(* The listener, and its file. *)
let listen address =
  Descriptors.close_on_failure (make address) (fun descriptor ->
      let file = bind descriptor address in
      try
        Unix.listen descriptor backlog;
        (descriptor, file)
      with problem ->
        Option.iter Socket_files.remove file;
        raise problem)

(* The port that a TCP listener has got from the system. *)
let port descriptor = match Unix.getsockname descriptor with ADDR_INET (_, port) -> Some port | ADDR_UNIX _ -> None

let rec finish_connecting descriptor address =
  match Waiting.uninterrupted (fun () -> Unix.connect descriptor address) with
  | () -> ()
  (* The listener's queue is full. When it has room, no descriptor tells. *)
  | exception Unix.Unix_error (EAGAIN, _, _) ->
      Waiting.a_moment ();
      finish_connecting descriptor address
  | exception Unix.Unix_error (EINPROGRESS, call, argument) ->
      Waiting.until (Writable descriptor) None;
      Option.iter
        (fun error -> raise (Unix.Unix_error (error, call, argument)))
        (Unix.getsockopt_error descriptor)

let connect address =
  Descriptors.close_on_failure (make address) (fun descriptor ->
      finish_connecting descriptor address;
      send_at_once descriptor address;
      descriptor)

let rec accept listener deadline =
  Waiting.until (Readable listener) deadline;
  match Waiting.uninterrupted (fun () -> Unix.accept ~cloexec:true listener) with
  | descriptor, address ->
      Descriptors.close_on_failure descriptor (fun descriptor ->
          Unix.set_nonblock descriptor;
          send_at_once descriptor address;
          descriptor)
  (* That peer gave up while it waited; the next one may be serious. *)
  | exception Unix.Unix_error ((ECONNABORTED | EAGAIN), _, _) -> accept listener deadline
