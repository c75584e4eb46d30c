(* Errors that become replies: a kind of the protocol, and a sentence for people. *)

type kind =
  | Truncated
  | Too_large
  | Malformed
  | Closed
  | Reset
  | Refused
  | Missing
  | Exists
  | Denied
  | Timeout
  | Unsupported
  | Usage
  | Internal

exception Fault of kind * string

(* fail kind format arguments: the format is checked by the compiler, as that of printf is. *)
let fail kind format = Printf.ksprintf (fun message -> raise (Fault (kind, message))) format

let name = function
  | Truncated -> "truncated"
  | Too_large -> "too-large"
  | Malformed -> "malformed"
  | Closed -> "closed"
  | Reset -> "reset"
  | Refused -> "refused"
  | Missing -> "missing"
  | Exists -> "exists"
  | Denied -> "denied"
  | Timeout -> "timeout"
  | Unsupported -> "unsupported"
  | Usage -> "usage"
  | Internal -> "internal"

let kind_of_error : Unix.error -> kind = function
  | EMSGSIZE -> Too_large
  | EPIPE -> Closed
  | ECONNRESET -> Reset
  | ECONNREFUSED | EPROTOTYPE -> Refused
  | ENOENT | ENOTDIR | EBADF -> Missing
  | EADDRINUSE | EEXIST -> Exists
  | EACCES | EPERM | EROFS -> Denied
  | ETIMEDOUT -> Timeout
  | EAFNOSUPPORT | EPROTONOSUPPORT | EOPNOTSUPP -> Unsupported
  | ENAMETOOLONG | EISDIR -> Usage
  | _ -> Internal

let remedy : Unix.error -> string = function
  | EMFILE | ENFILE -> "close channels, or raise the limit on open files"
  | ENOSPC -> "free some space on that file system"
  | EPIPE | ECONNRESET -> "the peer is gone: open the channel again"
  | ECONNREFUSED | EPROTOTYPE -> "start a listener of the same kind first"
  | ENOENT | ENOTDIR | EBADF -> "check the path, or pass the descriptor when the endpoint is started"
  | EADDRINUSE | EEXIST -> "choose another address, or end the program that has it"
  | EACCES | EPERM | EROFS -> "check the permissions of the path and of its folder"
  | _ -> "the endpoint does not foresee this"

(* What an exception of the library says. It knows the call, and often the path. *)
let of_unix_error error call argument =
  let subject = if argument = "" then "" else " of " ^ argument in
  let reason = Unix.error_message error in
  ( kind_of_error error,
    Printf.sprintf "the call %s%s failed: %s; %s" call subject reason (remedy error) )
