(* How values are written in commands and replies. Bytes are bytes: a string of OCaml has no encoding. *)

(* A number from `least` to `most`: digits only, without zeros in front. The library's int_of_string
   would also take "0x10", "1_000" and "-1". *)
let number text least most =
  let is_digit character = '0' <= character && character <= '9' in
  let size = String.length text in
  let is_number =
    1 <= size && size <= 10 && String.for_all is_digit text && (size = 1 || text.[0] <> '0')
  in
  if not is_number then None
  else
    let number = int_of_string text in
    if least <= number && number <= most then Some number else None

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
          Fault.fail Usage "the line has the byte 0x%02x in a value; write such a byte as %%XX"
            (Char.code other)
  in
  decode 0;
  Buffer.contents bytes

let encoded text =
  let encode character =
    if is_plain character then String.make 1 character
    else Printf.sprintf "%%%02X" (Char.code character)
  in
  String.concat "" (List.map encode (List.of_seq (String.to_seq text)))

(* The bytes of lower-case hex. *)
let bytes_of_hex hex =
  let refuse () = Fault.fail Usage "the payload is not lower-case hex, two digits a byte" in
  if String.length hex mod 2 <> 0 then refuse ();
  let decode index =
    match byte hex.[2 * index] hex.[(2 * index) + 1] with Some byte -> byte | None -> refuse ()
  in
  Bytes.init (String.length hex / 2) decode

let hex_of_bytes bytes start length =
  let digit index =
    let byte = Bytes.get_uint8 bytes (start + (index / 2)) in
    "0123456789abcdef".[if index mod 2 = 0 then byte lsr 4 else byte land 15]
  in
  String.init (2 * length) digit
