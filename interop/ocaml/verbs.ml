(* What the verbs do. Each gives the reply. *)

open Commands

(* A reply has at most as many bytes as a command. *)
let largest_payload = (Command_lines.longest - String.length "ok payload=") / 2

let refuse_size size (channel : Channels.t) =
  Fault.fail Too_large "the message has %d bytes; raise the channel's limit=, which is %d" size channel.limit

let check_size size (channel : Channels.t) = if size > channel.limit then refuse_size size channel

let send_bytes carrier bytes start length =
  match carrier with
  | Channels.Stream stream -> Streams.send stream bytes start length
  | Slot descriptor -> Slots.send descriptor (Bytes.sub bytes start length)

let receive_bytes carrier deadline =
  match carrier with
  | Channels.Stream stream -> Streams.receive stream deadline
  | Slot descriptor -> Some (Slots.receive descriptor)

let consume = function Channels.Stream stream -> Streams.consume stream | Slot _ -> ()

let hello () =
  let names table = String.concat "," (List.map fst table) in
  Printf.sprintf
    "ok protocol=1 language=ocaml runtime=%s transports=%s framings=%s,none codecs= \
     features=echo,ping,timeout"
    (Words.encoded ("OCaml " ^ Sys.ocaml_version))
    (names Transports.all) (names Framings.all)

let send name content =
  let channel = Channels.find name in
  let sender = Channels.sender channel in
  let bytes = match content with Payload bytes -> bytes | File path -> Files.read path channel.limit in
  check_size (Bytes.length bytes) channel;
  send_bytes sender bytes 0 (Bytes.length bytes);
  "ok"

let receive name file timeout =
  let channel = Channels.find name in
  let receiver = Channels.receiver channel in
  match (receive_bytes receiver (Option.map Waiting.moment_in timeout), file) with
  | None, _ -> "ok end=true"
  (* Only the text of a slot can have come as far as this. *)
  | Some (_, _, length), _ when length > channel.limit -> refuse_size length channel
  | Some (_, _, length), None when length > largest_payload ->
      Fault.fail Usage "the message has %d bytes, too many for a reply; receive it with file=" length
  (* Consumed last: a message that could not be delivered can be asked for again. *)
  | Some (bytes, start, length), None ->
      let reply = "ok payload=" ^ Words.hex_of_bytes bytes start length in
      consume receiver;
      reply
  | Some (bytes, start, length), Some path ->
      Files.write path bytes start length;
      consume receiver;
      Printf.sprintf "ok length=%d" length

(* There is none, but a wrong channel is the worse fault. *)
let refuse_codec name codec =
  ignore (Channels.find name);
  Fault.fail Unsupported "there is no codec %s here, nor any other; hello lists none" codec

let half_close name =
  let channel = Channels.find name in
  if not (Transports.can_half_close channel.transport) then
    Fault.fail Unsupported "this transport cannot be half closed; close the channel";
  (match Channels.carrier channel with Stream stream -> Streams.end_writing stream | Slot _ -> ());
  "ok"

let receive_in_loop carrier =
  match receive_bytes carrier None with
  | Some message -> message
  | None -> Fault.fail Closed "the peer ended the stream in the loop"

let echo name count =
  let carrier = Channels.two_way (Channels.find name) in
  for _ = 1 to count do
    let bytes, start, length = receive_in_loop carrier in
    send_bytes carrier bytes start length;
    consume carrier
  done;
  "ok"

let ping name count size =
  let channel = Channels.find name in
  let carrier = Channels.two_way channel in
  check_size size channel;
  let payload = Bytes.make size 'p' in
  let start = Clock.now () in
  for _ = 1 to count do
    send_bytes carrier payload 0 size;
    ignore (receive_in_loop carrier);
    consume carrier
  done;
  Printf.sprintf "ok nanoseconds=%.0f" ((Clock.now () -. start) *. 1e9)

let obey = function
  | Hello -> hello ()
  | Open opening ->
      Option.fold (Channels.open_channel opening) ~none:"ok" ~some:(fun address -> "ok address=" ^ address)
  | Accept (name, timeout) ->
      Channels.accept (Channels.find name) (Option.map Waiting.moment_in timeout);
      "ok"
  | Send (name, content) -> send name content
  | Receive (name, file, timeout) -> receive name file timeout
  | Carry_value (name, codec) -> refuse_codec name codec
  | Close name ->
      Channels.close (Channels.find name);
      "ok"
  | Half_close name -> half_close name
  | Reset ->
      Channels.close_all ();
      "ok"
  | Echo { channel; count } -> echo channel count
  | Ping { channel; count; size } -> ping channel count size

let longest_message = 1000

(* What came in a command may be any bytes, and as many as the line had. A message is text. *)
let error_reply kind message =
  let short = String.sub message 0 (min longest_message (String.length message)) in
  let text = String.map (function ' ' .. '~' as letter -> letter | _ -> '?') short in
  Printf.sprintf "error kind=%s message=%s" (Fault.name kind) (Words.encoded text)

(* The reply to a line, without a line feed. After an error the endpoint lives on. *)
let answer line =
  try
    match line with
    | Command_lines.Line text -> obey (parse text)
    | Too_long ->
        Fault.fail Usage "the line has more than %d bytes; send a long message with file=" Command_lines.longest
  with
  | (Waiting.Commands_ended | Waiting.Terminated) as end_of_all -> raise end_of_all
  | Fault.Fault (kind, message) -> error_reply kind message
  | Unix.Unix_error (error, call, argument) ->
      error_reply (Fault.kind_of_error error) (Fault.sentence error call argument)
  | Out_of_memory -> error_reply Internal "no memory is left; lower the channel's limit="
  | bug -> error_reply Internal (Printexc.to_string bug ^ "; report it with the command")
