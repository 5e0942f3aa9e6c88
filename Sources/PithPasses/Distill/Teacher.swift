import PithEngine
import PithGraph
import PithTrain

/// A trained network that is asked what it makes of a batch.
///
/// Samples are run in pieces of the same size, the last one filled up, and that size is one in which the row of a sample
/// makes no difference: BLAS sums the rows at the end of a matrix in another order than those of whole tiles. So what comes
/// out for a sample does not depend on the batch that it is in, and a run that reads it from a cache gets the bits of a run
/// that computes it.
public struct Teacher: Sendable {
  public let name: String
  /// What the network is: its operators, weights and outputs.
  public let identity: UInt64
  /// The shape of each output for one sample.
  public let outputShapes: [[Int]]
  /// Floats of all outputs for one sample.
  public var width: Int { outputShapes.reduce(0) { $0 + $1.reduce(1, *) } }
  /// Whether outputs have the same bits in any batch; only of a network of a fixed batch they may not.
  public let isIndependentOfBatch: Bool

  private let engine: FloatEngine
  private let sampleShape: [Int]
  private let rows: Int

  /// - Parameter network: as imported, the outputs those that are asked for.
  /// - Throws: `GraphError` where it cannot be executed.
  public init(_ network: DistillationPlan.Network) throws {
    // A network of a fixed batch is run in batches of other sizes, where it allows that.
    let any = (try? network.graph.withSymbolicBatch()) ?? network.graph
    let graph = try Simplify.run(any).graph
    name = network.name
    engine = try FloatEngine(graph)
    let shapes = try graph.specialized(batch: 1)
    guard let input = graph.inputs.first, graph.inputs.count == 1, let type = graph[input].type else {
      throw GraphError("\(network.name) has not one input, and distillation needs that")
    }
    let shape = Array(try shapes.sizes(input).dropFirst())
    sampleShape = shape
    let sizes = type.shape.dimensions.first?.size.map { [$0] } ?? [32, 16, 8, 4, 2, 1]
    let engine = engine
    let even = try sizes.first { try Self.treatsRowsAlike(engine, rows: $0, shape) }
    rows = even ?? sizes[sizes.count - 1]
    isIndependentOfBatch = even != nil
    outputShapes = try graph.outputs.map { Array(try shapes.sizes($0).dropFirst()) }
    identity = graph.contentHash
  }

  /// Whether the same sample in every row of a batch of that size gives the same bits in every row; tried with a few.
  private static func treatsRowsAlike(_ engine: FloatEngine, rows: Int, _ shape: [Int]) throws -> Bool {
    guard rows > 1 else { return true }
    for seed in UInt64(1)...3 {
      let sample = (0..<shape.reduce(1, *)).map { index -> Float in
        Float(SeedMixer.mix(seed, UInt64(index)) >> 40) * 0x1p-23 - 1
      }
      let batch = Tensor(
        shape: [rows] + shape, floats: Array(repeatElement(sample, count: rows).joined()))
      for output in try engine.run([batch]) {
        guard let bits = output.floats?.map(\.bitPattern), bits.count % rows == 0 else { return false }
        let width = bits.count / rows
        // Each row is the one before it.
        guard bits.dropFirst(width).elementsEqual(bits.dropLast(width)) else { return false }
      }
    }
    return true
  }

  /// The outputs for a batch, one row of `width` floats a sample, all outputs of a sample side by side.
  /// - Parameter samples: `count` samples, each row-major.
  /// - Throws: `GraphError` where they do not fit.
  public func run(_ samples: UnsafeBufferPointer<Float>, count: Int) throws -> [Float] {
    let size = sampleShape.reduce(1, *)
    guard count > 0, samples.count == count * size else {
      throw GraphError("\(name) takes samples of \(size) values, and \(samples.count) are given for \(count)")
    }
    var result = [Float](repeating: 0, count: count * width)
    for start in stride(from: 0, to: count, by: rows) {
      let present = Swift.min(rows, count - start)
      var piece = [Float](samples[start * size..<(start + present) * size])
      piece += Array(repeating: 0, count: (rows - present) * size)
      let outputs = try engine.run([Tensor(shape: [rows] + sampleShape, floats: piece)])
      var offset = 0
      for (output, shape) in zip(outputs, outputShapes) {
        let length = shape.reduce(1, *)
        guard let values = output.floats, values.count == rows * length else {
          throw GraphError("\(name): an output has no row for each sample")
        }
        for row in 0..<present {
          let target = (start + row) * width + offset
          result.replaceSubrange(target..<target + length, with: values[row * length..<(row + 1) * length])
        }
        offset += length
      }
    }
    return result
  }
}
