(* Framings: where a message ends in a stream of bytes. Pure functions, but for the note on how far a header has
   been read.

   Each decoder decides at the first byte that settles the matter, so that the outcome does not depend on how the
   stream is cut. *)

type t =
  | Multiprocessing
  | U32le
  | Line
  | Netstring
  | Varint
  | Content_length

let all =
  [
    ("multiprocessing", Multiprocessing);
    ("u32le", U32le);
    ("line", Line);
    ("netstring", Netstring);
    ("varint", Varint);
    ("content-length", Content_length);
  ]

(* In bytes. *)
type frame = { header : int; payload : int }

(* How far the header of a frame has been read. It is kept while the frame comes, so that a stream in pieces of one
   byte costs no more than one in a single piece. *)
type progress = {
  mutable scanned : int;
  mutable line_start : int;
  mutable length : int option; (* by a Content-Length *)
}

let new_progress () = { scanned = 0; line_start = 0; length = None }
let longest_content_header = 4096

let malformed format = Printf.ksprintf (Fault.fail Malformed "%s; check that both ends use the same framing") format

let too_large limit = Fault.fail Too_large "a frame has more than %d bytes; raise the channel's limit=" limit

(* What stands before a payload of so many bytes. *)
let header framing length =
  let binary set =
    let bytes = Bytes.create 4 in
    set bytes 0 (Int32.of_int length);
    Bytes.unsafe_to_string bytes
  in
  match framing with
  (* A limit is at most 2147483647, so the long form is never the shortest. *)
  | Multiprocessing -> binary Bytes.set_int32_be
  | U32le -> binary Bytes.set_int32_le
  | Line -> ""
  | Netstring -> Printf.sprintf "%d:" length
  | Varint ->
      let rec groups length =
        if length < 128 then [ length ] else (128 + (length land 127)) :: groups (length lsr 7)
      in
      String.concat "" (List.map (fun group -> String.make 1 (Char.chr group)) (groups length))
  | Content_length -> Printf.sprintf "Content-Length: %d\r\n\r\n" length

(* What stands behind it. *)
let trailer = function Line -> "\n" | Netstring -> "," | _ -> ""

(* An int has 63 bits and a sign, so a length of 64 bits may not fit. It is above every limit then. *)
let int_of_unsigned length = Option.value (Int64.unsigned_to_int length) ~default:max_int

let decode_multiprocessing bytes first count =
  if count < 4 then None
  else
    match Int32.to_int (Bytes.get_int32_be bytes first) with
    | -1 when count < 12 -> None
    | -1 -> Some { header = 12; payload = int_of_unsigned (Bytes.get_int64_be bytes (first + 4)) }
    | length when length < 0 -> malformed "a frame announces a length of %d" length
    | length -> Some { header = 4; payload = length }

let decode_u32le bytes first count =
  if count < 4 then None
  else
    (* get_int32_le takes the highest bit for a sign. *)
    Some { header = 4; payload = Int32.to_int (Bytes.get_int32_le bytes first) land 0xffff_ffff }

let decode_line bytes first count progress limit =
  let rec scan index =
    if index = count then None
    else if Bytes.get bytes (first + index) = '\n' then Some { header = 0; payload = index }
    else scan (index + 1)
  in
  let found = scan progress.scanned in
  progress.scanned <- count;
  if found = None && count > limit then too_large limit else found

let decode_netstring bytes first count limit =
  let rec scan index length =
    if index = count then None
    else
      match Bytes.get bytes (first + index) with
      | ':' when index > 0 -> Some { header = index + 1; payload = length }
      | '0' .. '9' when index = 1 && length = 0 -> malformed "a netstring's length begins with 0"
      | '0' .. '9' as digit ->
          let longer = (length * 10) + Char.code digit - Char.code '0' in
          (* At this digit, not at the colon: an endless run of digits must not be collected. *)
          if longer > limit then too_large limit else scan (index + 1) longer
      | other -> malformed "a netstring's length has the byte 0x%02x" (Char.code other)
  in
  scan 0 0

let decode_varint bytes first count =
  let rec scan index length =
    if index = count then None
    else
      let byte = Bytes.get_uint8 bytes (first + index) in
      (* Nine bytes hold 63 bits, so the tenth may bring one bit and must be the last. *)
      if index = 9 && byte > 1 then malformed "a varint has more than 64 bits"
      else
        let group = Int64.shift_left (Int64.of_int (byte land 127)) (7 * index) in
        let length = Int64.logor length group in
        if byte < 128 then Some { header = index + 1; payload = int_of_unsigned length }
        else scan (index + 1) length
  in
  scan 0 0L

(* One line of a header, without its CR LF. *)
let take_header_line line progress =
  match String.index_opt line ':' with
  | None -> malformed "a header line has no colon"
  | Some colon when String.lowercase_ascii (String.sub line 0 colon) = "content-length" ->
      let value = String.sub line (colon + 1) (String.length line - colon - 1) in
      (* trim takes spaces and tabs away, and form feeds, which are no blanks here. *)
      let digits = if String.contains value '\012' then "" else String.trim value in
      let is_number = String.length digits <= 19 && Words.is_digits digits in
      if progress.length <> None || not is_number then
        malformed "a header has a second or an unusable Content-Length";
      (* None is above 2 to the 62. *)
      progress.length <- Some (Option.value (int_of_string_opt digits) ~default:max_int)
  | Some _ -> ()

let decode_content_length bytes first count progress =
  let rec scan index =
    if index >= longest_content_header then malformed "a header does not end within %d bytes" longest_content_header
    else if index = count then begin
      progress.scanned <- count;
      None
    end
    else
      let byte_at index = Bytes.get bytes (first + index) in
      let is_line_feed = byte_at index = '\n' in
      let follows_return = index > progress.line_start && byte_at (index - 1) = '\r' in
      if is_line_feed <> follows_return then malformed "a header line does not end with CR LF"
      else if not is_line_feed then scan (index + 1)
      else
        let length = index - 1 - progress.line_start in
        let line = Bytes.sub_string bytes (first + progress.line_start) length in
        match (line, progress.length) with
        | "", None -> malformed "a header has no Content-Length"
        | "", Some payload -> Some { header = index + 1; payload }
        | _ ->
            take_header_line line progress;
            progress.line_start <- index + 1;
            scan (index + 1)
  in
  scan progress.scanned

(* The sizes of the frame that begins at `first`, of which `count` bytes are there; None while more of its header is
   needed. A length is held against the limit here, before any memory is taken for it: four hostile bytes must not
   be able to ask for gigabytes. *)
let decode framing bytes first count progress limit =
  let frame =
    match framing with
    | Multiprocessing -> decode_multiprocessing bytes first count
    | U32le -> decode_u32le bytes first count
    | Line -> decode_line bytes first count progress limit
    | Netstring -> decode_netstring bytes first count limit
    | Varint -> decode_varint bytes first count
    | Content_length -> decode_content_length bytes first count progress
  in
  match frame with Some { payload; _ } when payload > limit -> too_large limit | _ -> frame

(* The trailer of a line has been seen already: it is how its length was found. *)
let check_trailer framing byte =
  if framing = Netstring && byte <> ',' then
    malformed "behind the payload of a netstring stands the byte 0x%02x" (Char.code byte)
