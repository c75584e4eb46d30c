(* The lines on standard input. They are read as soon as they come, also while a command waits for its peer: the end
   of the commands can only be seen behind the last of them.

   The library's channels (stdin, input_line) are not used. They read ahead into a buffer that Unix.select does not
   know of, and input_line would collect a line of any length. *)

type line =
  | Line of string (* without its line feed *)
  | Too_long

let longest = 262_144 (* bytes, without the line feed *)
let lines : line Queue.t = Queue.create ()
let beginning = Buffer.create 4096 (* of the line whose end has not come yet *)
let is_skipping = ref false (* the rest of a line that is too long *)
let has_ended = ref false
let chunk = Bytes.create 65_536

let add_to_beginning piece =
  if Buffer.length beginning + String.length piece > longest then is_skipping := true;
  if !is_skipping then Buffer.reset beginning else Buffer.add_string beginning piece

let end_line () =
  Queue.add (if !is_skipping then Too_long else Line (Buffer.contents beginning)) lines;
  Buffer.clear beginning;
  is_skipping := false

(* What is behind the last line feed is no line until its own comes. *)
let rec add_lines = function
  | [] -> ()
  | [ rest ] -> add_to_beginning rest
  | piece :: others ->
      add_to_beginning piece;
      end_line ();
      add_lines others

(* To be called when something can be read. Reading 0 bytes is the end; so is an error, such as that of a terminal
   that is gone. *)
let read_more () =
  match Unix.read Unix.stdin chunk 0 (Bytes.length chunk) with
  | 0 -> has_ended := true
  | count -> add_lines (String.split_on_char '\n' (Bytes.sub_string chunk 0 count))
  | exception Unix.Unix_error ((EINTR | EAGAIN), _, _) -> ()
  | exception Unix.Unix_error _ -> has_ended := true

let next () = Queue.take_opt lines
