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
  | EPIPE | ECONNRESET -> "the peer is gone: open the channel again"
  | ECONNREFUSED | EPROTOTYPE -> "start a listener of the same kind first"
  | EADDRINUSE -> "choose another address, or end the program that has it"
  | _ -> "check the address or path, and its permissions"

(* What an exception of the library says. It knows the call, and often the path. *)
let sentence error call argument =
  let reason = Unix.error_message error in
  Printf.sprintf "the call %s(%s) failed: %s; %s" call argument reason (remedy error)
