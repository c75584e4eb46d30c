import AdapterProtocol
import Cases
import Runner
import WireFormats

/// What an adapter could do next: the easiest thing that it does not declare.
enum NextStep {
  static func sentence(after declaration: Declaration) -> String {
    func lacks(_ transport: String) -> Bool { !declaration.transports.contains(transport) }
    func lacks(framing: String) -> Bool { !declaration.framings.contains(framing) }
    if declaration.transports.isEmpty {
      return "declare a transport and a framing: unix and line are the easiest (PROTOCOL.md, sections 2 to 4)."
    }
    if declaration.framings.isEmpty { return "declare a framing: line is the easiest (PROTOCOL.md, section 4)." }
    if let next = Transport.first.first(where: { lacks($0.rawValue) }) {
      return "declare the transport \(next.rawValue) (PROTOCOL.md, section 3)."
    }
    if lacks(framing: "multiprocessing") {
      return "declare the framing multiprocessing: it talks to Python's own Connection (PROTOCOL.md, section 4)."
    }
    if !declaration.features.contains("echo") {
      return "declare the optional verb echo, which is used to measure round trips (PROTOCOL.md, section 6)."
    }
    let transports = Transport.inMatrix.map(\.rawValue).filter { lacks($0) }
    let framings = Framing.allCases.map(\.rawValue).filter { lacks(framing: $0) && $0 != "none" }
    let lists: [(String, [String])] = [("transports", transports), ("framings", framings)]
    let rest = lists.filter { !$0.1.isEmpty }.map { "\($0.0) \($0.1.joined(separator: ", "))" }
    return rest.isEmpty
      ? "nothing is left to declare."
      : "declare more: \(rest.joined(separator: "; "))."
  }
}
