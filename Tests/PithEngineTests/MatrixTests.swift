import PithGraph
import PithTestSupport
import Testing

@testable import PithEngine

struct GemmCase: Sendable, CustomTestStringConvertible {
  var rows: Int
  var inner: Int
  var columns: Int
  var op = Gemm()
  var bias: [Int]?
  var testDescription: String { "\(rows)×\(inner)×\(columns), bias \(String(describing: bias)), \(op)" }

  static let all: [GemmCase] = [
    GemmCase(rows: 1, inner: 1, columns: 1),
    GemmCase(rows: 3, inner: 4, columns: 5, bias: [5]),
    GemmCase(rows: 3, inner: 4, columns: 5, op: Gemm(transposesA: true), bias: [3, 1]),
    GemmCase(rows: 3, inner: 4, columns: 5, op: Gemm(transposesB: true, activation: .relu), bias: [1, 5]),
    GemmCase(
      rows: 3, inner: 4, columns: 5,
      op: Gemm(
        alpha: 0.5, beta: -2, transposesA: true, transposesB: true, activation: .clip(-0.5, 0.5)),
      bias: [3, 5]),
    GemmCase(rows: 3, inner: 4, columns: 5, op: Gemm(beta: 0), bias: []),
    GemmCase(rows: 3, inner: 4, columns: 5, bias: []),
    GemmCase(rows: 1, inner: 70, columns: 50, op: Gemm(alpha: 2), bias: [50]),
    GemmCase(rows: 1, inner: 70, columns: 50, op: Gemm(transposesA: true)),
    GemmCase(rows: 1, inner: 70, columns: 1, op: Gemm(transposesA: true)),
    GemmCase(rows: 1, inner: 70, columns: 50, op: Gemm(transposesB: true)),
    GemmCase(rows: 50, inner: 70, columns: 1, op: Gemm(transposesB: true)),
    GemmCase(rows: 500, inner: 64, columns: 30, op: Gemm(transposesA: true), bias: [30]),
    GemmCase(rows: 30, inner: 64, columns: 500, op: Gemm(transposesB: true), bias: [500]),
    GemmCase(rows: 1, inner: 600, columns: 900, op: Gemm(transposesB: true), bias: [900]),
    GemmCase(rows: 2000, inner: 20, columns: 20),
    GemmCase(rows: 3, inner: 0, columns: 2, bias: [2]),
    GemmCase(rows: 0, inner: 4, columns: 2, bias: [2]),
  ]
}

struct MatMulCase: Sendable, CustomTestStringConvertible {
  var a: [Int]
  var b: [Int]
  var testDescription: String { "\(a) · \(b)" }

  static let all: [MatMulCase] = [
    MatMulCase(a: [3, 4], b: [4, 5]), MatMulCase(a: [4], b: [4]), MatMulCase(a: [4], b: [4, 5]),
    MatMulCase(a: [3, 4], b: [4]), MatMulCase(a: [2, 3, 4], b: [4, 5]),
    MatMulCase(a: [2, 3, 4], b: [2, 4, 5]),
    MatMulCase(a: [3, 4], b: [2, 4, 5]), MatMulCase(a: [2, 1, 3, 4], b: [5, 4, 2]),
    MatMulCase(a: [4], b: [2, 4, 5]), MatMulCase(a: [2, 3, 4], b: [4]),
    MatMulCase(a: [1, 3, 4], b: [2, 4, 5]),
    MatMulCase(a: [300, 40], b: [40, 70]), MatMulCase(a: [8, 50, 40], b: [8, 40, 50]),
    MatMulCase(a: [2, 3, 0], b: [0, 2]), MatMulCase(a: [0, 3, 2], b: [2, 2]),
  ]
}

@Suite struct MatrixTests {
  @Test(arguments: GemmCase.all)
  func gemmAgreesWithItsDefinition(_ example: GemmCase) throws {
    var random = SeededRandom(seed: 7)
    let op = example.op
    let a = random.tensor(op.transposesA ? [example.inner, example.rows] : [example.rows, example.inner])
    let b = random.tensor(
      op.transposesB ? [example.columns, example.inner] : [example.inner, example.columns])
    let c = example.bias.map { random.tensor($0) }
    let (x, y) = (Reference(a), Reference(b))
    let product = Reference.matrixProduct(
      op.transposesA ? x.transposed() : x, op.transposesB ? y.transposed() : y, leading: [])
    let bias = c.map(Reference.init)
    let expected = Reference(shape: product.shape) { position in
      let value =
        Double(op.alpha) * product[position] + Double(op.beta) * (bias?.broadcastElement(position) ?? 0)
      return Reference.activated(value, op.activation)
    }
    expectClose(try op.evaluate([a, b, c])[0], expected)
  }

  @Test(arguments: MatMulCase.all)
  func matMulAgreesWithItsDefinition(_ example: MatMulCase) throws {
    var random = SeededRandom(seed: 8)
    let (a, b) = (random.tensor(example.a), random.tensor(example.b))
    var (x, y) = (Reference(a), Reference(b))
    if example.a.count == 1 { x = x.reshaped([1] + example.a) }
    if example.b.count == 1 { y = y.reshaped(example.b + [1]) }
    let leading = try #require(
      try Shape.broadcast(Shape(Array(x.shape.dropLast(2))), Shape(Array(y.shape.dropLast(2)))).sizes)
    let product = Reference.matrixProduct(x, y, leading: leading)
    var shape = leading
    if example.a.count > 1 { shape.append(x.shape[x.shape.count - 2]) }
    if example.b.count > 1 { shape.append(y.shape[y.shape.count - 1]) }
    expectClose(try MatMul().evaluate([a, b])[0], product.reshaped(shape))
  }
}
