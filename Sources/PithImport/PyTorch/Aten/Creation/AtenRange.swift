import PithGraph

/// Numbers in equal steps.
enum AtenRange: AtenReader {
  static let targets = ["arange.default", "arange.start", "arange.start_step", "linspace.default"]

  static func read(_ call: AtenCall) throws {
    let element = try call.resultElement()
    call.ignore("dtype", "layout", "device", "pin_memory", "requires_grad")
    let sizes = try call.resultSizes()
    guard sizes.count == 1 else { throw GraphError("its result must have one axis") }
    if call.name == "linspace" {
      let (start, end) = (try call.float("start") ?? 0, try call.float("end") ?? 0)
      guard let count = try call.int("steps"), count >= 0, call.builder.mayFill(count) else {
        throw GraphError("its steps are not known, or too many")
      }
      let step = count > 1 ? (end - start) / Double(count - 1) : 0
      return try call.result(
        call.constant(numbers((0..<count).map { start + Double($0) * step }, element), "numbers"))
    }
    guard let count = sizes[0].size else { return try readSymbolic(call, element, sizes[0]) }
    let start = try call.float("start") ?? 0
    let step = try call.float("step") ?? 1
    call.ignore("end")
    guard count >= 0, call.builder.mayFill(count) else { throw GraphError("\(count) numbers are too many") }
    try call.result(call.constant(numbers((0..<count).map { start + Double($0) * step }, element), "numbers"))
  }

  /// As many numbers as an axis is long.
  private static func readSymbolic(_ call: AtenCall, _ element: ElementType, _ size: Dimension) throws {
    let start = try call.int("start") ?? 0
    guard try call.int("step") ?? 1 == 1, let end = try call.size("end"), start == 0, end == size else {
      throw GraphError("a range to '\(size)' is not supported; export the model with fixed sizes")
    }
    func scalar(_ number: Int, _ suffix: String) -> ValueID {
      call.constant(Tensor(shape: [], ints: [number]), suffix)
    }
    let vector = try call.builder.sizeOperand([size], name: call.label)
    let limit = try call.add(Reshape(), [vector, call.constant([], "shape")], "limit")
    let range = try call.add(NumberRange(), [scalar(0, "start"), limit, scalar(1, "step")], "numbers")
    try call.result(try call.cast(range, to: element, "cast"))
  }

  private static func numbers(_ values: [Double], _ element: ElementType) -> Tensor {
    if element.isFloatingPoint { return Tensor(shape: [values.count], floats: values.map { Float($0) }) }
    let integers = values.map { Int64(exactly: $0.rounded(.towardZero)) ?? 0 }
    if element == .int32 {
      return Tensor(shape: [values.count], storage: .int32(integers.map { Int32(clamping: $0) }))
    }
    return Tensor(shape: [values.count], storage: .int64(integers))
  }
}

/// The identity matrix.
enum AtenEye: AtenReader {
  static let targets = ["eye.default", "eye.m"]

  static func read(_ call: AtenCall) throws {
    guard let rows = try call.int("n"), rows >= 0 else { throw GraphError("argument 'n' is missing") }
    let columns = try call.int("m") ?? rows
    call.ignore("dtype", "layout", "device", "pin_memory", "requires_grad")
    guard try call.resultElement() == .float32, let count = Shape.elementCount([rows, columns]),
      call.builder.mayFill(count)
    else { throw GraphError("a matrix of \(rows)×\(columns) is not supported here") }
    var elements = [Float](repeating: 0, count: count)
    for index in 0..<min(rows, columns) { elements[index * columns + index] = 1 }
    try call.result(call.constant(Tensor(shape: [rows, columns], floats: elements), "matrix"))
  }
}
