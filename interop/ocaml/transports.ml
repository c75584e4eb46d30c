(* The transports, and what each of them can do.

   There is no unix-seqpacket and no unix-datagram, although the library has those sockets: Unix.send cuts a packet
   after 65536 bytes and reports that as success, and Unix.recv takes no more than that and does not tell whether
   there was more. There is no file-cell and no shared-memory: OCaml has no ordered access to mapped memory. *)

type t = Unix_path | Unix_abstract | Dotnet_pipe | Tcp | Fifo | Pipe | Socketpair | File_slot

let all =
  [
    ("unix", Unix_path);
    ("unix-abstract", Unix_abstract);
    ("dotnet-pipe", Dotnet_pipe);
    ("tcp", Tcp);
    ("fifo", Fifo);
    ("pipe", Pipe);
    ("socketpair", Socketpair);
    ("file-slot", File_slot);
  ]

type role = Listen | Connect | Read | Write

let roles = function
  | Unix_path | Unix_abstract | Dotnet_pipe | Tcp -> [ ("listen", Listen); ("connect", Connect) ]
  | Fifo | Pipe | Socketpair | File_slot -> [ ("read", Read); ("write", Write) ]

let is_one_way = function
  | Fifo | Pipe | File_slot -> true
  | Unix_path | Unix_abstract | Dotnet_pipe | Tcp | Socketpair -> false

(* A dotnet-pipe's socket could; but the stream classes of .NET, for which the transport is there, have no call for
   it. *)
let can_half_close transport = not (is_one_way transport || transport = Dotnet_pipe)
