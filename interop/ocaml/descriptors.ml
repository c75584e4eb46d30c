(* Descriptors are closed by nobody but us: the garbage collector frees memory only. *)

(* Nothing of ours may take the place of a standard stream that the parent has closed. *)
let rec fill_standard_streams () =
  let descriptor = Unix.openfile "/dev/null" [ O_RDWR ] 0 in
  if descriptor <= Unix.stderr then fill_standard_streams () else Unix.close descriptor

(* close takes the descriptor away in any case, also with an error. *)
let close descriptor = try Unix.close descriptor with Unix.Unix_error _ -> ()

(* Gives what `use` gives; on any exception the descriptor is closed. *)
let close_on_failure descriptor use =
  try use descriptor
  with problem ->
    close descriptor;
    raise problem

(* Without O_NONBLOCK, opening a FIFO would wait for the other end. *)
let open_file path flags = Waiting.uninterrupted (fun () -> Unix.openfile path (O_CLOEXEC :: flags) 0o666)
