import PithGraph

/// Products of matrices and vectors.
enum AtenMatrixProduct: AtenReader {
  static let targets = [
    "mm.default", "bmm.default", "matmul.default", "mv.default", "dot.default", "vdot.default",
    "outer.default",
    "ger.default",
  ]

  static func read(_ call: AtenCall) throws {
    let a = try call.first()
    let second: String
    switch call.name {
    case "mm", "bmm": second = "mat2"
    case "mv": second = "vec"
    case "dot": second = "tensor"
    case "outer", "ger": second = "vec2"
    default: second = "other"
    }
    let b = try call.tensor(second)
    guard call.name == "outer" || call.name == "ger" else { return try call.result(MatMul(), [a, b]) }
    let column = try call.add(Unsqueeze(), [a, call.constant([1], "axis")], "column")
    try call.result(Mul(), [column, b])
  }
}

/// beta · self + alpha · (a · b).
enum AtenAddMatrixProduct: AtenReader {
  static let targets = ["addmm.default", "baddbmm.default", "addmv.default"]

  static func read(_ call: AtenCall) throws {
    let bias = try call.first()
    let isVector = call.name == "addmv"
    let isBatched = call.name == "baddbmm"
    let a = try call.tensor(isBatched ? "batch1" : isVector ? "mat" : "mat1")
    let b = try call.tensor(isBatched ? "batch2" : isVector ? "vec" : "mat2")
    let (beta, alpha) = (try call.float("beta") ?? 1, try call.float("alpha") ?? 1)
    if call.name == "addmm" {
      return try call.result(Gemm(alpha: Float(alpha), beta: Float(beta)), [a, b, bias])
    }
    func scaled(_ id: ValueID, _ factor: Double, _ suffix: String) throws -> ValueID {
      factor == 1 ? id : try call.add(Mul(), [id, call.scalar(factor, .float32, suffix)], "\(suffix).scaled")
    }
    let product = try scaled(try call.add(MatMul(), [a, b], "product"), alpha, "alpha")
    try call.result(Add(), [try scaled(bias, beta, "beta"), product])
  }
}
