import PithGraph

/// The part of matrices on one side of a diagonal.
enum AtenTriangle: AtenReader {
  static let targets = ["tril.default", "triu.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let diagonal = try call.int("diagonal") ?? 0
    let element = try call.builder.type(x).element
    let op = Trilu(isUpper: call.name == "triu")
    let place = diagonal == 0 ? nil : call.constant(Tensor(shape: [], ints: [diagonal]), "diagonal")
    guard element == .bool else { return try call.result(op, [x, place]) }
    let cut = try call.add(op, [try call.cast(x, to: .int32, "x"), place], "cut")
    try call.result(Cast(to: .bool), [cut])
  }
}
