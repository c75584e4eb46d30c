(* Channels: what is open under which name. *)

open Transports

type carrier =
  | Stream of Streams.t
  | Slot of Unix.file_descr

type t = {
  name : string;
  transport : Transports.t;
  role : Transports.role;
  limit : int;
  make_stream : Unix.file_descr -> carrier;
  listener : Unix.file_descr option;
  socket_file : Socket_files.t option; (* made for the listener *)
  mutable carrier : carrier option; (* carries the messages, once there is a peer *)
}

let default_limit = 64 * 1024 * 1024
let channels : (string, t) Hashtbl.t = Hashtbl.create 8

let carrier_descriptor = function Stream { descriptor; _ } | Slot descriptor -> descriptor

(* The file goes before the listener: a peer that finds no file learns more than one that finds a file where nobody
   listens. *)
let close channel =
  Hashtbl.remove channels channel.name;
  Option.iter Socket_files.remove channel.socket_file;
  Option.iter Descriptors.close channel.listener;
  Option.iter (fun carrier -> Descriptors.close (carrier_descriptor carrier)) channel.carrier

let close_all () = List.iter close (List.of_seq (Hashtbl.to_seq_values channels))

let is_used descriptor =
  let uses channel =
    channel.listener = Some descriptor
    || Option.map carrier_descriptor channel.carrier = Some descriptor
  in
  Seq.fold_left (fun found channel -> found || uses channel) false (Hashtbl.to_seq_values channels)

let find name =
  match Hashtbl.find_opt channels name with
  | Some channel -> channel
  | None -> Fault.fail Usage "channel %s is not open; open it first" name

let word what name table =
  match List.assoc_opt name table with
  | Some found -> found
  | None -> Fault.fail Unsupported "there is no %s %s here; hello lists them" what name

(* None is the framing `none`, of what keeps the bounds of its messages itself. *)
let framing_for transport name =
  let framing = if name = "none" then None else Some (word "framing" name Framings.all) in
  if (framing = None) <> (transport = File_slot) then
    Fault.fail Unsupported "this transport cannot carry framing %s; a stream must mark bounds" name;
  framing

let check_address address transport =
  if address = "" then Fault.fail Usage "the address is empty; every transport needs one";
  (* Only an abstract name may have a NUL. *)
  if transport <> Unix_abstract && String.contains address '\000' then
    Fault.fail Usage "the address has a NUL byte; remove it"

let socket_address transport role =
  match transport with
  | Tcp -> Addresses.tcp_address ~is_listener:(role = Listen)
  | Unix_abstract -> Addresses.abstract_address
  | Dotnet_pipe -> Addresses.pipe_address
  | _ -> Addresses.path_address

(* Gives a carrier, or a listener with its file. What fails closes what it has opened. *)
let make ~make_stream transport role address =
  let is_reader = role = Read in
  match (transport, role) with
  | (Unix_path | Unix_abstract | Dotnet_pipe | Tcp), Listen ->
      Either.Right (Sockets.listen (socket_address transport role address))
  | (Unix_path | Unix_abstract | Dotnet_pipe | Tcp), _ ->
      Left (make_stream (Sockets.connect (socket_address transport role address)))
  | Fifo, _ -> Left (make_stream (Pipes.open_fifo ~is_reader address))
  | Pipe, _ -> Left (make_stream (Pipes.adopt address ~is_used (Pipes.check_pipe ~is_reader)))
  | Socketpair, _ -> Left (make_stream (Pipes.adopt address ~is_used Pipes.check_socketpair))
  | File_slot, Read -> Left (Slot (Slots.open_to_read address))
  | File_slot, _ -> Left (Slot (Slots.open_to_write address))

(* Gives the address if the system chose it. *)
let open_channel (opening : Commands.opening) =
  if Hashtbl.mem channels opening.channel then
    Fault.fail Usage "channel %s is open already; close it first" opening.channel;
  let transport = word "transport" opening.transport Transports.all in
  let framing = framing_for transport opening.framing in
  let role = word "role" opening.role (roles transport) in
  let { Commands.channel = name; address; _ } = opening in
  check_address address transport;
  let limit = Option.value opening.limit ~default:default_limit in
  let is_shared = transport = Pipe || transport = Socketpair in
  let make_stream descriptor = Stream (Streams.create ~is_shared descriptor (Option.get framing) limit) in
  let made = make ~make_stream transport role address in
  let carrier = Either.find_left made in
  let listener = Option.map fst (Either.find_right made) in
  let socket_file = Option.bind (Either.find_right made) snd in
  Hashtbl.replace channels name
    { name; transport; role; limit; make_stream; listener; socket_file; carrier };
  match Option.bind listener Sockets.port with
  | Some port when address = "127.0.0.1:0" -> Some (Printf.sprintf "127.0.0.1:%d" port)
  | _ -> None

let accept channel deadline =
  match (channel.listener, channel.carrier) with
  | None, _ -> Fault.fail Usage "channel %s was not opened with role=listen" channel.name
  | _, Some _ -> Fault.fail Usage "channel %s has its peer; open another for the next" channel.name
  | Some listener, None -> channel.carrier <- Some (channel.make_stream (Sockets.accept listener deadline))

let carrier channel =
  match channel.carrier with
  | Some carrier -> carrier
  | None -> Fault.fail Usage "channel %s has no peer yet; accept one first" channel.name

let sender channel =
  if is_one_way channel.transport && channel.role = Read then
    Fault.fail Usage "channel %s only receives" channel.name;
  carrier channel

let receiver channel =
  if is_one_way channel.transport && channel.role = Write then
    Fault.fail Usage "channel %s only sends" channel.name;
  carrier channel

let two_way channel =
  if is_one_way channel.transport then
    Fault.fail Usage "channel %s is one way; echo and ping need both" channel.name;
  carrier channel
