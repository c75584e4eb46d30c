import CPlatform
import Foundation

/// The descendants of a process, each with the time when it started: a process id alone may belong to another process later.
struct Descendants {
  struct Member: Hashable {
    var id: pid_t
    var startTime: String
  }

  private(set) var members: Set<Member> = []

  /// Reads the descendants of a process, without those of some of its children.
  init(of process: pid_t, without excluded: Set<pid_t> = []) {
    var pending = Self.children(of: process).filter { !excluded.contains($0) }
    var seen: Set<pid_t> = []
    while let next = pending.popLast() {
      guard seen.insert(next).inserted, let time = Self.startTime(of: next) else { continue }
      members.insert(Member(id: next, startTime: time))
      pending += Self.children(of: next)
    }
  }

  /// Kills those that still run.
  func kill() {
    for member in members where Self.startTime(of: member.id) == member.startTime {
      Foundation.kill(member.id, SIGKILL)
    }
  }

  /// The children of all threads of a process.
  static func children(of process: pid_t) -> [pid_t] {
    (Ledger.entries("/proc/\(process)/task") ?? []).flatMap { thread in
      Ledger.children(of: process, thread: thread).compactMap { pid_t($0) }
    }
  }

  /// The 22nd field of a process's status line: when it started, in ticks since the system started.
  private static func startTime(of process: pid_t) -> String? {
    guard let line = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
      let end = line.lastIndex(of: ")")
    else { return nil }
    let fields = line[end...].split(separator: " ")
    // The parenthesis is the end of the second field.
    return fields.count > 20 ? String(fields[20]) : nil
  }
}

/// Processes of a run whose own parent has ended.
///
/// They come to the runner, even from a session of their own and without the run's mark in their environment.
package enum Strays {
  /// Makes them come; only for a program that has no child processes but those of its run.
  package static func adopt() { _ = parley_adopt_orphans() }

  /// Reaps those that have ended, so that a long run does not collect them.
  static func reap() {
    // The system gives them to the main thread, and the workers' endpoints are children of the workers' threads.
    for child in Ledger.children(of: getpid()) {
      guard let id = pid_t(child) else { continue }
      // Those that still run are left alone: this does not wait.
      _ = waitpid(id, nil, WNOHANG)
    }
  }

  /// Kills all of them, and what they started; call it when the run's endpoints have ended.
  ///
  /// - Parameter excluded: the guard.
  static func kill(without excluded: Set<pid_t>) {
    for _ in 0..<100 {
      let descendants = Descendants(of: getpid(), without: excluded)
      if descendants.members.isEmpty { return }
      descendants.kill()
      for member in descendants.members { _ = waitpid(member.id, nil, 0) }
    }
  }
}
