import PithGraph

enum AtenGelu: AtenReader {
  static let targets = ["gelu.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let form = try call.string("approximate") ?? "none"
    guard form == "none" || form == "tanh" else {
      throw GraphError("approximate '\(form.printable())' is not known")
    }
    try call.result(Gelu(approximatesTanh: form == "tanh"), [x])
  }
}
