import PithGraph

/// Einstein's sums, as products of matrices: one factor after the other.
enum AtenEinsum: AtenReader {
  static let targets = ["einsum.default"]

  static func read(_ call: AtenCall) throws {
    call.ignore("path")
    let sum = try call.builder.einsum(
      try call.string("equation") ?? "", try call.tensors("tensors"), name: "\(call.label).einsum")
    try call.result(Identity(), [sum])
  }
}
