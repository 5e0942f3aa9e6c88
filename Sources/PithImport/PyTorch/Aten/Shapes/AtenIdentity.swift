import PithGraph

/// What changes nothing once a network is trained: copies, memory, dropout.
enum AtenIdentity: AtenReader {
  static let targets = [
    "alias.default", "clone.default", "contiguous.default", "detach.default", "detach_.default",
    "lift_fresh.default",
    "lift_fresh_copy.default", "dropout.default", "feature_dropout.default", "alpha_dropout.default",
    "feature_alpha_dropout.default", "native_dropout.default", "positive.default",
  ]

  static func read(_ call: AtenCall) throws {
    let x = try call.first()
    call.ignore("memory_format", "p")
    guard try !call.bool("train") else {
      throw GraphError("it drops elements at random; export the model in evaluation mode: model.eval()")
    }
    try call.checkUnused(1, "which elements were dropped")
    try call.result(x)
  }
}

/// Checks of an exported program, which have no result.
enum AtenNoEffect: AtenReader {
  static let targets = [
    "_assert_tensor_metadata.default", "_assert_scalar.default", "_assert_async.msg", "_assert_async.default",
    "sym_constrain_range.default", "sym_constrain_range_for_size.default", "_print.default",
  ]

  static func read(_ call: AtenCall) throws { for input in call.node.inputs { call.ignore(input.name) } }
}
