(* All waiting is here. Nothing else in this program lasts: descriptors are opened, read and written only when that
   returns at once. And whoever waits for a peer also looks at standard input, because an endpoint whose commands
   have ended must not outlive who started it. *)

(* Both end the program. They pass through whatever is under way, which tidies up as after an error. *)
exception Commands_ended
exception Terminated

type event =
  | Readable of Unix.file_descr
  | Writable of Unix.file_descr
  | Nothing

(* OCaml runs a signal's handler between two steps of the program, not within a call of the system. The signal
   interrupts a call (EINTR), but not when it comes just before: then the handler waits for the end of the call. So
   no sleep is long. *)
let longest_sleep = 0.1

(* What a command gets that waits when the commands end. It may still come to its end. *)
let grace = 0.04
let is_terminated = ref false
let ends_at = ref None

(* A regular file is always at its end, or near: all of its commands are to be obeyed. *)
let is_watching = lazy ((Unix.fstat Unix.stdin).st_kind <> Unix.S_REG)

let start () =
  (* A write to a peer that is gone shall be EPIPE, an error like any other, and no signal. *)
  Sys.set_signal Sys.sigpipe Sys.Signal_ignore;
  (* So shall a file that grows beyond the limit of file sizes. *)
  Sys.set_signal Sys.sigxfsz Sys.Signal_ignore;
  (* The handler only notes the signal: the program may be in the middle of anything. *)
  Sys.set_signal Sys.sigterm (Sys.Signal_handle (fun _ -> is_terminated := true));
  (* The parent may have blocked it. *)
  ignore (Unix.sigprocmask Unix.SIG_UNBLOCK [ Sys.sigterm ])

let check_sigterm () = if !is_terminated then raise Terminated

(* The next command has its own time of grace. *)
let command_begins () =
  check_sigterm ();
  ends_at := None

let moment_in milliseconds = Clock.now () +. (float_of_int milliseconds /. 1e3)
let is_over moment = Clock.now () >= moment

(* Calls again what a signal has interrupted. *)
let rec uninterrupted call =
  match call () with
  | result -> result
  | exception Unix.Unix_error (EINTR, _, _) ->
      check_sigterm ();
      uninterrupted call

let check_end_of_commands () =
  if !Command_lines.has_ended then
    match !ends_at with
    | None -> ends_at := Some (Clock.now () +. grace)
    | Some moment -> if is_over moment then raise Commands_ended

(* Below 0 select would sleep for ever. At 0 it still sees what has come already. *)
let time_to_sleep deadlines =
  let shorten sleep = function
    | None -> sleep
    | Some moment -> Float.min sleep (Float.max 0. (moment -. Clock.now ()))
  in
  List.fold_left shorten longest_sleep deadlines

(* Whether the event came before the deadline, which is one moment for all the reads that a message takes: a time
   for each would never be over with a peer that sends a byte now and then. *)
let rec happens ~watches event deadline =
  let looks_at_input = watches && not !Command_lines.has_ended in
  let input = if looks_at_input then [ Unix.stdin ] else [] in
  let readers = match event with Readable descriptor -> [ descriptor ] | _ -> [] in
  let writers = match event with Writable descriptor -> [ descriptor ] | _ -> [] in
  let sleep = time_to_sleep [ deadline; (if watches then !ends_at else None) ] in
  let readable, writable =
    match Unix.select (input @ readers) writers [] sleep with
    | readable, writable, _ -> (readable, writable)
    | exception Unix.Unix_error (EINTR, _, _) -> ([], [])
    | exception Unix.Unix_error (EINVAL, _, _) ->
        Fault.fail Internal "select watches no descriptor of 1024 or more, and OCaml has no poll; close channels"
  in
  check_sigterm ();
  if looks_at_input && List.mem Unix.stdin readable then Command_lines.read_more ();
  (* Before the look at the peer: one that is always ready must not keep a loop of messages alive. *)
  if watches then check_end_of_commands ();
  let is_ready =
    match event with
    | Readable descriptor -> List.mem descriptor readable
    | Writable descriptor -> List.mem descriptor writable
    | Nothing -> false
  in
  is_ready
  || (not (match deadline with Some moment -> is_over moment | None -> false))
     && happens ~watches event deadline

(* The end of a stream and an error are events too: the call that follows will say which it is. *)
let until event deadline =
  if not (happens ~watches:(Lazy.force is_watching) event deadline) then
    Fault.fail Timeout "the peer did not do its part in time; ask again, or with a longer timeout="

(* For what no descriptor tells: it has to be tried again. *)
let a_moment () = ignore (happens ~watches:(Lazy.force is_watching) Nothing (Some (moment_in 5)) : bool)

(* Between two commands their end has nothing to interrupt. *)
let for_commands () = if happens ~watches:false (Readable Unix.stdin) None then Command_lines.read_more ()

let for_reader_of_replies () = ignore (happens ~watches:false (Writable Unix.stdout) None : bool)
