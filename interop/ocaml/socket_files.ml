(* The files that listeners make. Binding makes one, closing the socket does not remove it, and binding where one is
   fails: also where a program has left it behind that has ended long ago. *)

type t = { path : string; device : int; inode : int; changed : float }

(* None if nothing is there. Of a symbolic link itself, not of what it leads to. *)
let look path =
  match Unix.lstat path with
  | status -> Some status
  | exception Unix.Unix_error (ENOENT, _, _) -> None

let identity path (status : Unix.stats) =
  { path; device = status.st_dev; inode = status.st_ino; changed = status.st_ctime }

(* Asks with a datagram socket, whatever is to be bound. A stream or seqpacket socket refuses it (EPROTOTYPE) and
   never notices; it would take a connection of its own kind for a peer. A datagram socket does not notice either.
   Only ECONNREFUSED says that nobody has the file. *)
let is_stale address =
  let probe = Unix.socket ~cloexec:true PF_UNIX SOCK_DGRAM 0 in
  Fun.protect
    ~finally:(fun () -> Descriptors.close probe)
    (fun () ->
      match Waiting.uninterrupted (fun () -> Unix.connect probe address) with
      | () -> false
      | exception Unix.Unix_error (error, _, _) -> error = ECONNREFUSED)

let make_way address path =
  match look path with
  | None -> () (* gone since *)
  | Some status when status.st_kind <> S_SOCK ->
      Fault.fail Exists "%s is there and is not a socket; choose another path, or remove it" path
  | Some _ when not (is_stale address) ->
      Fault.fail Exists "the socket %s is in use; choose another path, or end the program that has it" path
  | Some status -> (
      (* Somebody else may have found it stale as well, and listen there by now. A file that is gone leaves its
         number to the next one, so the time is compared too. *)
      match look path with
      | Some now when identity path now = identity path status -> Unix.unlink path
      | _ -> ())

(* Binds, and gives the file that has to be removed later. No SIGTERM comes between the two: it is only looked at in
   `Waiting`. *)
let bind descriptor address path =
  (try Unix.bind descriptor address
   with Unix.Unix_error (EADDRINUSE, _, _) ->
     make_way address path;
     Unix.bind descriptor address);
  Option.map (identity path) (look path)

(* Only if it is still that file: another program may have put its own there. While the socket is open, the number
   of its file is not given to another one. *)
let remove file =
  match look file.path with
  | Some status when status.st_dev = file.device && status.st_ino = file.inode -> (
      try Unix.unlink file.path with Unix.Unix_error _ -> ())
  | Some _ | None -> ()
  | exception Unix.Unix_error _ -> ()
