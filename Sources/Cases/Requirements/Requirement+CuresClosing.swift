extension Requirement {
  /// Rules of section 2: `close`, `reset` and the end of standard input.
  static let closingCures: [Requirement: String] = [
    .closeForgets:
      "Close the connection, and the listener if there is one, and take the name out of the open channels.",
    .closeRemovesSocketFile: "Remove the socket file that the listener made, and close the listener itself too.",
    .halfClose:
      "Shut down the writing direction of the socket (shutdown with SHUT_WR), after everything in your buffers is written.",
    .halfCloseReceives: "Keep the socket open after shutdown, with its reading side and what is still in its buffer.",
    .halfCloseUnsupported:
      "Refuse how=write with kind=unsupported on one-way channels, manager-queue and dotnet-pipe.",
    .unknownHow: "Compare how with write first, and refuse another word with kind=usage on every channel.",
    .resetForgets: "Close every channel, forget kept messages and names, and answer ok.",
    .resetDescriptors:
      "Close every descriptor of every channel, listeners and duplicates included, and do not leave it to the garbage collector.",
    .resetChildren: "Wait for every child process that you started, and close its pipes.",
    .resetMappings: "Unmap every file explicitly, and drop the views on it first where the language has them.",
    .resetSocketFiles: "Let each listener remember its path, and remove the file in reset as in close.",
    .endOfInput: "When there is no more to read, do what reset does, and exit with status 0.",
    .endRemovesSocketFiles: "Remove the listeners' socket files before you exit: do not leave it to finalizers.",
    .endKeepsFiles:
      "Remove only the socket files that you made: slots, and files that receive wrote, belong to the runner.",
    .endWhileWaiting:
      "Let a thread wait for the hang-up of standard input (poll with no events asked), remove the socket files, and exit.",
    .terminated: "Handle SIGTERM: remove the socket files that you made, and exit; the default action leaves them.",
  ]
}
