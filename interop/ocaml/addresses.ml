(* Addresses of sockets. *)

let longest = 107 (* bytes of a path *)

let path_address path =
  if String.length path > longest then
    Fault.fail Usage "the socket path has %d bytes and may have %d; choose a shorter folder"
      (String.length path) longest;
  Unix.ADDR_UNIX path

(* The library passes a name that begins with NUL on as it is, with its own length and without the padding behind
   it, which would be a part of the name. But it wants room for one byte more than that, so a name has at most 106
   bytes here: one of 107 is ENAMETOOLONG, which is `usage`. *)
let abstract_address text =
  let length = String.length text in
  if text.[0] <> '@' || length < 2 || length > longest then
    Fault.fail Usage "an abstract address is @ and a name of 1 to %d bytes" (longest - 1);
  Unix.ADDR_UNIX ("\000" ^ String.sub text 1 (length - 1))

(* Where .NET puts the socket of NamedPipeServerStream and NamedPipeClientStream. A path is taken as it is. A name
   that .NET refuses is refused here too, or the two ends would never meet. *)
let pipe_address name =
  if name.[0] = '/' then path_address name
  else if String.contains name '/' || String.lowercase_ascii name = "anonymous" then
    Fault.fail Usage "%s is not the name of a .NET pipe: no slash, and not \"anonymous\"" name
  else
    let folder = match Sys.getenv_opt "TMPDIR" with None | Some "" -> "/tmp" | Some folder -> folder in
    path_address (Filename.concat folder ("CoreFxPipe_" ^ name))

let tcp_address ~is_listener text =
  let refuse () = Fault.fail Usage "%s is not 127.0.0.1:PORT; port 0 is only for listening" text in
  match String.split_on_char ':' text with
  | [ "127.0.0.1"; port ] -> (
      match Words.number port (if is_listener then 0 else 1) 65_535 with
      | Some port -> Unix.ADDR_INET (Unix.inet_addr_loopback, port)
      | None -> refuse ())
  | _ -> refuse ()
