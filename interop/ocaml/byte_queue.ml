(* Bytes that grow at their end and are taken from their front. The library's Buffer can neither give them in place
   nor drop the first ones. *)

type t = {
  mutable bytes : Bytes.t;
  mutable first : int; (* where those begin that are here *)
  mutable last : int; (* and where they end *)
}

let chunk = 65_536 (* Unix.read brings no more at once *)
let kept = 1_048_576 (* a larger room is given back as soon as it is empty *)
let create () = { bytes = Bytes.empty; first = 0; last = 0 }
let length queue = queue.last - queue.first

(* Makes room for at least one byte more. It doubles, up to `most` bytes in all: it grows with what has come, not
   with what a peer has announced, and all the copying together is no more than the message. What is here moves to
   the front only when most has been taken, so that many small messages do not move it again and again. *)
let make_room queue most =
  let capacity = Bytes.length queue.bytes in
  if queue.last = capacity then begin
    let here = length queue in
    let bytes =
      if queue.first > capacity / 2 then queue.bytes
      else Bytes.create (max (here + 1) (min (max chunk (2 * capacity)) (max chunk most)))
    in
    Bytes.blit queue.bytes queue.first bytes 0 here;
    queue.bytes <- bytes;
    queue.first <- 0;
    queue.last <- here
  end

let clear queue =
  queue.first <- 0;
  queue.last <- 0;
  if Bytes.length queue.bytes > kept then queue.bytes <- Bytes.empty

let take queue count =
  queue.first <- queue.first + count;
  if queue.first = queue.last then clear queue
