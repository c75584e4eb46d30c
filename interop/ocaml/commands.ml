(* The grammar of a command, and which verb has which keys. A whole line is read before any word of it is looked up:
   what breaks the grammar is `usage`, even if a word in it is `unsupported`. *)

type content =
  | Payload of Bytes.t
  | File of string

type opening = {
  channel : string;
  transport : string;
  role : string;
  address : string;
  framing : string;
  limit : int option;
}

(* Channels are their names here, and timeouts are milliseconds. *)
type t =
  | Hello
  | Open of opening
  | Accept of string * int option
  | Send of string * content
  | Receive of string * string option * int option (* perhaps into this file *)
  | Carry_value of string * string (* with this codec, in either direction *)
  | Close of string
  | Half_close of string
  | Reset
  | Echo of { channel : string; count : int }
  | Ping of { channel : string; count : int; size : int }

(* The required keys of each verb, and the optional ones. *)
let verbs =
  [
    ("hello", ([], []));
    ("open", ([ "channel"; "transport"; "role"; "address"; "framing" ], [ "limit" ]));
    ("accept", ([ "channel" ], [ "timeout" ]));
    ("send", ([ "channel" ], [ "payload"; "file"; "codec"; "value"; "format" ]));
    ("receive", ([ "channel" ], [ "file"; "codec"; "format"; "timeout" ]));
    ("close", ([ "channel" ], [ "how" ]));
    ("reset", ([], []));
    ("echo", ([ "channel"; "count" ], []));
    ("ping", ([ "channel"; "count"; "size" ], []));
  ]

let is_word text =
  let is_letter = function 'a' .. 'z' | '0' .. '9' | '-' -> true | _ -> false in
  text <> "" && String.for_all is_letter text

let pair word =
  match String.index_opt word '=' with
  | Some index when is_word (String.sub word 0 index) ->
      let value = String.sub word (index + 1) (String.length word - index - 1) in
      (String.sub word 0 index, Words.decoded value)
  | _ -> Fault.fail Usage "after the verb there must be one space, KEY=VALUE, and no more"

(* The verb, and its values by their keys. *)
let split line =
  match String.split_on_char ' ' line with
  | verb :: words when is_word verb ->
      let pairs = List.map pair words in
      let keys = List.sort_uniq String.compare (List.map fst pairs) in
      if List.compare_lengths keys pairs < 0 then Fault.fail Usage "a key is there twice; give it once";
      (verb, pairs)
  | _ -> Fault.fail Usage "a command is VERB KEY=VALUE ... and ends with LF alone"

let check_keys verb pairs =
  match List.assoc_opt verb verbs with
  | None when verb = "layout" || verb = "call" ->
      Fault.fail Unsupported "there is no verb %s here; hello lists them" verb
  | None ->
      Fault.fail Usage "the verb %s is unknown; use one of %s" verb
        (String.concat ", " (List.map fst verbs))
  | Some (required, optional) ->
      let check_known (key, _) =
        if not (List.mem key (required @ optional)) then Fault.fail Usage "%s has no key %s" verb key
      in
      let check_there key =
        if not (List.mem_assoc key pairs) then Fault.fail Usage "%s needs the key %s" verb key
      in
      List.iter check_known pairs;
      List.iter check_there required

let number pairs key least most =
  let read text =
    match Words.number text least most with
    | Some number -> number
    | None -> Fault.fail Usage "%s=%s is not a number from %d to %d" key text least most
  in
  Option.map read (List.assoc_opt key pairs)

let required_number pairs key least most = Option.get (number pairs key least most)

let count pairs = required_number pairs "count" 1 10_000_000

let channel pairs =
  let name = List.assoc "channel" pairs in
  if not (is_word name) || String.contains name '-' || String.length name > 16 then
    Fault.fail Usage "%s is not a channel name; use 1 to 16 of a-z and 0-9" name;
  name

let check_path path =
  if String.contains path '\000' then Fault.fail Usage "the path in file= has a NUL byte";
  path

let send pairs =
  let find key = List.assoc_opt key pairs in
  match (find "payload", find "file", find "codec", find "value", find "format") with
  | Some hex, None, None, None, None -> Send (channel pairs, Payload (Words.bytes_of_hex hex))
  | None, Some path, None, None, None -> Send (channel pairs, File (check_path path))
  | None, None, Some codec, Some _, _ -> Carry_value (channel pairs, codec)
  | _ -> Fault.fail Usage "send needs one of payload, file, and codec with value"

let timeout pairs = number pairs "timeout" 0 86_400_000

let receive pairs =
  let timeout = timeout pairs in
  let find key = List.assoc_opt key pairs in
  match (find "file", find "codec", find "format") with
  | path, None, None -> Receive (channel pairs, Option.map check_path path, timeout)
  | None, Some codec, _ -> Carry_value (channel pairs, codec)
  | _ -> Fault.fail Usage "a message is received into a file, or with codec, or with neither"

let opening pairs =
  let find key = List.assoc key pairs in
  {
    channel = channel pairs;
    transport = find "transport";
    role = find "role";
    address = find "address";
    framing = find "framing";
    limit = number pairs "limit" 1 2_147_483_647;
  }

let parse line =
  let verb, pairs = split line in
  check_keys verb pairs;
  match verb with
  | "hello" -> Hello
  | "open" -> Open (opening pairs)
  | "accept" -> Accept (channel pairs, timeout pairs)
  | "send" -> send pairs
  | "receive" -> receive pairs
  | "close" -> (
      match List.assoc_opt "how" pairs with
      | None -> Close (channel pairs)
      | Some "write" -> Half_close (channel pairs)
      | Some how -> Fault.fail Usage "how=%s is unknown; the only one is write" how)
  | "reset" -> Reset
  | "echo" -> Echo { channel = channel pairs; count = count pairs }
  | _ ->
      let size = required_number pairs "size" 0 2_147_483_647 in
      Ping { channel = channel pairs; count = count pairs; size }
