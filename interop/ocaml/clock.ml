(* A clock that nobody sets. The library has none: Unix.gettimeofday jumps when the time of day is set, and Sys.time
   stands still while the process sleeps. But a timer of the system runs on its monotonic clock. So one is started
   that will not expire, and the time is what is gone of it. *)

let span = 1e8 (* seconds, which are three years *)

let start () =
  Sys.set_signal Sys.sigalrm Sys.Signal_ignore;
  ignore (Unix.setitimer Unix.ITIMER_REAL { it_interval = 0.; it_value = span })

(* Seconds since the start. They are exact to a microsecond. *)
let now () = span -. (Unix.getitimer Unix.ITIMER_REAL).it_value
