import AdapterProtocol
import WireFormats

/// What this endpoint declares in `hello`.
enum Capabilities {
  static var transports: [Transport] { Transport.allCases.filter(\.traits.isAvailable) }

  static var declaration: Declaration {
    Declaration(
      language: "swift", runtime: "Swift \(compiler)", transports: transports.map(\.rawValue),
      framings: Framing.allCases.map(\.rawValue), codecs: Codec.allCases.map(\.rawValue),
      features: ["echo", "ping", "layout", "authkey", "call", "timeout"])
  }

  /// The compiler's version; Swift can only test for a minimum version.
  private static var compiler: String {
    #if compiler(>=6.4)
    "6.4 or newer"
    #elseif compiler(>=6.3)
    "6.3"
    #else
    "6.2"
    #endif
  }
}
