import PithEngine
import PithGraph
import PithImport
import PithTestSupport
import Testing

@testable import PithExport

/// Networks that were quantized elsewhere: pairs of QuantizeLinear and DequantizeLinear become one rounding with the
/// file's own scales, and so do dequantized weights.
@Suite struct QuantizedModelTests {
  /// x · w in integers.
  private static func model(zeroPoints: [Int8] = [0, 0], other: Tensor? = nil) -> TestModel {
    var model = TestModel().with(input: [1, 3])
    model.add("QuantizeLinear", ["x", "s", "z"], ["q"])
    model.add("DequantizeLinear", ["q", other == nil ? "s" : "s2", "z"], ["r"])
    model.add("DequantizeLinear", ["w", "ws", "wz"], ["v"], ["axis": .int(1)])
    model.add("MatMul", ["r", "v"], ["y"])
    model = model.with("s", Tensor(0.5)).with("z", Tensor(shape: [], storage: .uint8([128])))
      .with("w", Tensor(shape: [3, 2], storage: .int8([1, -2, 3, 127, -128, 5])))
      .with("ws", Tensor(shape: [2], floats: [0.25, 2]))
      .with("wz", Tensor(shape: [2], storage: .int8(zeroPoints)))
    return other.map { model.with("s2", $0) } ?? model
  }

  private static func roundings(_ graph: Graph) -> [FakeQuantize] {
    graph.nodes.compactMap { $0.op as? FakeQuantize }
  }

  private static let x = Tensor(shape: [1, 3], floats: [0.3, -1.2, 100])

  @Test func pairsBecomeRoundings() throws {
    let graph = try ONNXImporter.read(bytes: Self.model().bytes)
    let roundings = Self.roundings(graph)
    #expect(roundings.map(\.units) == [[0.5], [0.25, 2]])
    #expect(roundings.map(\.zeroPoint) == [128, 0])
    #expect(roundings.map(\.axis) == [nil, 1])
    let results = try FloatEngine(graph).run([Self.x])
    // 0.5, −1 and 63.5 (the largest level), times the weights' reals.
    let expected: [Float] = [0.125 - 0.75 - 2032, -2 - 254 + 635]
    #expect(results[0].floats == expected)
    let again = try ONNXImporter.read(bytes: try ONNXExporter.bytes(of: graph))
    #expect(try FloatEngine(again).run([Self.x]) == results)
    #expect(Self.roundings(again) == roundings)
  }

  @Test func whatIsNoRoundingStaysAsItIs() throws {
    let zeros = try ONNXImporter.read(bytes: Self.model(zeroPoints: [1, 2]).bytes)
    #expect(Self.roundings(zeros).count == 1)
    #expect(zeros.nodes.contains { $0.op is DequantizeLinear })
    let x = Tensor(shape: [1, 3], floats: [0, 0, 1])
    #expect(try FloatEngine(zeros).run([x])[0].floats == [-129 * 0.25, 3 * 2])
    // Quantized by one scale and dequantized by another.
    let scaled = try ONNXImporter.read(bytes: Self.model(other: Tensor(0.25)).bytes)
    #expect(Self.roundings(scaled).map(\.axis) == [1])
    #expect(try FloatEngine(scaled).run([x])[0].floats == [-16, 5])
  }

  @Test func weightsThatAreQuantizedInTheFileAreRounded() throws {
    var model = TestModel().with(input: [1, 2])
    model.add("QuantizeLinear", ["x", "s"], ["q"])
    model.add("DequantizeLinear", ["q", "s"], ["r"])
    model.add("QuantizeLinear", ["w", "ws", "wz"], ["wq"])
    model.add("DequantizeLinear", ["wq", "ws", "wz"], ["v"])
    model.add("MatMul", ["r", "v"], ["y"])
    model = model.with("s", Tensor(0.5)).with("w", Tensor(shape: [2, 2], floats: [0.3, -0.3, 80, 0]))
      .with("ws", Tensor(0.25)).with("wz", Tensor(shape: [], storage: .int8([0])))
    let graph = try ONNXImporter.read(bytes: model.bytes)
    #expect(Self.roundings(graph).map(\.levels) == [0...255, -128...127])
    let results = try FloatEngine(graph).run([Tensor(shape: [1, 2], floats: [1.1, 2])])
    #expect(results[0].floats == [0.25 + 63.5, -0.25])
  }

  /// Where no map is quantized, bytes are but a small form of floats, which calibration may quantize.
  @Test func weightsAloneAreFloats() throws {
    var model = TestModel().with(input: [1, 3])
    model.add("DequantizeLinear", ["w", "ws"], ["v"], ["axis": .int(1)])
    model.add("MatMul", ["x", "v"], ["y"])
    model = model.with("w", Tensor(shape: [3, 2], storage: .int8([1, -2, 3, 127, -128, 5])))
      .with("ws", Tensor(shape: [2], floats: [0.25, 2]))
    #expect(Self.roundings(try ONNXImporter.read(bytes: model.bytes)).isEmpty)
  }

  @Test func layersOfIntegersKeepTheirScalesToo() throws {
    var model = TestModel().with(input: [1, 3])
    model.add("QuantizeLinear", ["x", "s", "z"], ["q"])
    model.add("QLinearMatMul", ["q", "s", "z", "w", "ws", "wz", "ys", "z"], ["p"])
    model.add("DequantizeLinear", ["p", "ys", "z"], ["y"])
    model = model.with("s", Tensor(0.5)).with("z", Tensor(shape: [], storage: .uint8([128])))
      .with("w", Tensor(shape: [3, 2], storage: .int8([1, -2, 3, 127, -128, 5])))
      .with("ws", Tensor(0.25)).with("wz", Tensor(shape: [], storage: .int8([0]))).with("ys", Tensor(16))
    let graph = try ONNXImporter.read(bytes: model.bytes)
    #expect(Self.roundings(graph).map(\.units) == [[0.5], [0.25], [16]])
    // −2032.625 / 16 = −127.04 and 47.375 / 16 = 2.96.
    #expect(try FloatEngine(graph).run([Self.x])[0].floats == [-2032, 48])
  }

  /// Bytes that many nodes dequantize become floats as often as a file may ask for, and no oftener.
  @Test func aSmallFileDoesNotUnfold() throws {
    let count = 1 << 20
    var model = TestModel().with(input: [1, 1])
    model.add("QuantizeLinear", ["x", "s"], ["q"])
    model.add("DequantizeLinear", ["q", "s"], ["y"])
    for index in 0..<12 { model.add("DequantizeLinear", ["w", "s"], ["v\(index)"]) }
    model = model.with("s", Tensor(0.5))
      .with("w", Tensor(shape: [count], storage: .uint8(Array(repeating: 3, count: count))))
    let graph = try ONNXImporter.read(bytes: model.bytes)
    let floats = graph.values.reduce(0) { $0 + ($1.constant?.floats?.count ?? 0) }
    #expect(floats < 6 * count)
    #expect(Self.roundings(graph).count == 6)
  }
}
