(* The OCaml endpoint: local channels with nothing but OCaml's own library Unix, without C.

   It obeys the commands of ../PROTOCOL.md, one a line on standard input, and answers each with one line
   on standard output. Every other file is one subject. To read from the bottom of the stack to the top:

     fault          errors, and the protocol's error kind for each error of the system
     clock          a clock that nobody sets
     command_lines  the lines on standard input
     waiting        the one place that waits: for a peer, the end of the commands, SIGTERM
     descriptors    opening and closing
     words          numbers, hex and percent-encoding
     framings       where a message ends in a stream of bytes
     byte_queue     what has come of a stream
     streams        messages in a stream, which need a framing
     files          a message from a file, a message into a file
     slots          the text in a file that others map
     addresses      addresses of sockets
     socket_files   the files that listeners make, and those that others have left behind
     sockets        listening, accepting, connecting
     pipes          FIFOs and inherited descriptors
     transports     which transports there are
     commands       the grammar of a command, and which verb has which keys
     channels       what is open
     verbs          what each verb does *)

(* At most PIPE_BUF bytes at once, after select has said that there is room: such a write does not block.
   A longer one could, and then SIGTERM would wait for whoever reads the replies. *)
let rec write_reply reply written =
  let left = String.length reply - written in
  if left > 0 then begin
    Waiting.for_reader_of_replies ();
    let size = min left Streams.pipe_buf in
    match
      Waiting.uninterrupted (fun () -> Unix.single_write_substring Unix.stdout reply written size)
    with
    | count -> write_reply reply (written + count)
    | exception Unix.Unix_error (EAGAIN, _, _) -> write_reply reply written
  end

let rec obey_all () =
  match Command_lines.next () with
  | Some line ->
      Waiting.command_begins ();
      write_reply (Verbs.answer line ^ "\n") 0;
      obey_all ()
  | None ->
      if not !Command_lines.has_ended then begin
        Waiting.for_commands ();
        obey_all ()
      end

(* With the status by which the parent sees that it was SIGTERM. *)
let die_of_sigterm () =
  Sys.set_signal Sys.sigterm Sys.Signal_default;
  Unix.kill (Unix.getpid ()) Sys.sigterm

let () =
  Descriptors.fill_standard_streams ();
  Clock.start ();
  Waiting.start ();
  match obey_all () with
  | () | (exception Waiting.Commands_ended) -> Channels.close_all ()
  | exception Waiting.Terminated ->
      Channels.close_all ();
      die_of_sigterm ()
  (* Nobody reads the replies any more. *)
  | exception Unix.Unix_error _ ->
      Channels.close_all ();
      exit 1
