import PithGraph

/// Elements picked along an axis by indices of the result's shape.
enum AtenGather: AtenReader {
  static let targets = ["gather.default"]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    let axis = try call.axis("dim", of: x)
    call.ignore("sparse_grad")
    try call.result(GatherElements(axis: axis), [x, try call.tensor("index")])
  }
}

/// Rows of a table.
enum AtenEmbedding: AtenReader {
  static let targets = ["embedding.default"]

  static func read(_ call: AtenCall) throws {
    let table = try call.tensor("weight")
    var indices = try call.tensor("indices")
    call.ignore("padding_idx", "scale_grad_by_freq", "sparse")
    let element = try call.builder.type(indices).element
    if element != .int64, element != .int32 { indices = try call.cast(indices, to: .int64, "indices") }
    try call.result(Gather(axis: 0), [table, indices])
  }
}
