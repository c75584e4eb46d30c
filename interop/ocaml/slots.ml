(* The text in a file that others map. The library can map a file (Unix.map_file), but not unmap it: that is up to
   the garbage collector, some time. This side needs no map, since reads and writes of the file see the very pages
   that a map shows. And if somebody cuts the file short, a read that gives less is an error, where touching a map
   would be SIGBUS, the end of the process. *)

let size = 1024

(* The whole slot, after a seek to its front: the library has no pread. *)
let read descriptor kind =
  let bytes = Bytes.create size in
  ignore (Unix.lseek descriptor 0 SEEK_SET);
  let count = Waiting.uninterrupted (fun () -> Unix.read descriptor bytes 0 size) in
  if count < size then Fault.fail kind "the slot's file has %d bytes; open it with role=write to extend it" count;
  bytes

(* What is no regular file is refused before it is opened, which could wait for ever on a FIFO. *)
let open_to_read path =
  Files.check_regular (Unix.stat path) path;
  Descriptors.close_on_failure (Descriptors.open_file path [ O_RDONLY ]) (fun descriptor ->
      ignore (read descriptor Malformed : Bytes.t);
      descriptor)

(* Makes a missing file, and extends a short one with NUL bytes. *)
let open_to_write path =
  (try Files.check_regular (Unix.stat path) path with Unix.Unix_error (ENOENT, _, _) -> ());
  Descriptors.close_on_failure (Descriptors.open_file path [ O_RDWR; O_CREAT ]) (fun descriptor ->
      if (Unix.fstat descriptor).st_size < size then Unix.ftruncate descriptor size;
      descriptor)

(* There is nothing to wait for: the text is there, new or not. *)
let receive descriptor =
  let bytes = read descriptor Truncated in
  (bytes, 0, Option.value (Bytes.index_opt bytes '\000') ~default:size)

let send descriptor bytes =
  let length = Bytes.length bytes in
  if length > size then Fault.fail Too_large "the text has %d bytes; a slot holds %d" length size;
  if Bytes.contains bytes '\000' then
    Fault.fail Malformed "the text has a NUL byte, which would end it in the slot; send it without";
  (* The whole slot in one write, so that nothing of a longer earlier text stays behind. *)
  let whole = Bytes.make size '\000' in
  Bytes.blit bytes 0 whole 0 length;
  ignore (Unix.lseek descriptor 0 SEEK_SET);
  let write () = Unix.single_write descriptor whole 0 size in
  if Waiting.uninterrupted write < size then
    Fault.fail Internal "only a part of the slot could be written; free some space there"
