(* How values are written in commands and replies. Bytes are bytes: a string of OCaml has no encoding. *)

(* To be asked before int_of_string, which also takes "0x10", "1_000" and "-1". *)
let is_digits text = text <> "" && String.for_all (fun character -> '0' <= character && character <= '9') text

(* A number from `least` to `most`, without zeros in front. *)
let number text least most =
  if not (is_digits text) || (text.[0] = '0' && text <> "0") then None
  else
    match int_of_string_opt text with
    | Some number when least <= number && number <= most -> Some number
    | _ -> None (* an int has 63 bits: a longer number is None too *)

let is_plain = function
  | 'A' .. 'Z' | 'a' .. 'z' | '0' .. '9' | '_' | '.' | '-' | '/' | ':' | ',' | '@' | '+' | '~' -> true
  | _ -> false

let hex_digit = function
  | '0' .. '9' as digit -> Some (Char.code digit - Char.code '0')
  | 'a' .. 'f' as digit -> Some (Char.code digit - Char.code 'a' + 10)
  | _ -> None

(* The byte of two hexadecimal digits. *)
let byte high low =
  match (hex_digit high, hex_digit low) with
  | Some high, Some low -> Some (Char.chr ((16 * high) + low))
  | _ -> None

(* The bytes of a percent-encoded value, whose digits may be of either case. *)
let decoded value =
  let bytes = Buffer.create (String.length value) in
  let rec decode index =
    if index < String.length value then
      match value.[index] with
      | '%' when index + 2 < String.length value -> (
          let lower offset = Char.lowercase_ascii value.[index + offset] in
          match byte (lower 1) (lower 2) with
          | Some byte ->
              Buffer.add_char bytes byte;
              decode (index + 3)
          | None -> Fault.fail Usage "a %% has no two hexadecimal digits behind it")
      | plain when is_plain plain ->
          Buffer.add_char bytes plain;
          decode (index + 1)
      | other ->
          Fault.fail Usage "the line has the byte 0x%02x in a value; write such a byte as %%XX" (Char.code other)
  in
  decode 0;
  Buffer.contents bytes

let encoded text =
  let encode = function
    | plain when is_plain plain -> String.make 1 plain
    | other -> Printf.sprintf "%%%02X" (Char.code other)
  in
  String.concat "" (List.map encode (List.of_seq (String.to_seq text)))

(* The bytes of lower-case hex. *)
let bytes_of_hex hex =
  let refuse () = Fault.fail Usage "the payload is not lower-case hex, two digits a byte" in
  if String.length hex mod 2 <> 0 then refuse ();
  let decode index = match byte hex.[2 * index] hex.[(2 * index) + 1] with Some byte -> byte | None -> refuse () in
  Bytes.init (String.length hex / 2) decode

let hex_of_bytes bytes start length =
  let digit index =
    let byte = Bytes.get_uint8 bytes (start + (index / 2)) in
    "0123456789abcdef".[if index mod 2 = 0 then byte lsr 4 else byte land 15]
  in
  String.init (2 * length) digit
