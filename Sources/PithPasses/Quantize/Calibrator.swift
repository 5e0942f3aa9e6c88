import PithEngine
import PithGraph

/// What calibration has seen of one value.
public struct ActivationStatistics: Sendable {
  public var histogram = StreamingHistogram()
  /// Sums per channel (axis 1; the last axis of a matrix product's operand), for bias correction and equalization.
  public internal(set) var channelSums: [Double] = []
  public internal(set) var channelMaxima: [Float] = []
  public internal(set) var channelMinima: [Float] = []
  /// Elements per channel behind the sums.
  public internal(set) var channelCount = 0

  /// The mean of each channel.
  public var channelMeans: [Double] {
    channelSums.map { channelCount > 0 ? $0 / Double(channelCount) : 0 }
  }
}

/// Runs the fp32 engine over samples and gathers statistics of every activation, one batch in memory at a time.
public struct Calibrator {
  public private(set) var statistics: [ValueID: ActivationStatistics] = [:]
  public private(set) var sampleCount = 0
  private let graph: Graph
  private let engine: FloatEngine
  private let wanted: Set<ValueID>
  let channelAxes: [ValueID: Int]

  /// - Parameters:
  ///   - wanted: the values whose range matters.
  ///   - channelAxes: values whose channels are followed too, and the axis that they lie along.
  public init(_ graph: Graph, wanted: Set<ValueID>, channelAxes: [ValueID: Int]) throws {
    self.graph = graph
    engine = try FloatEngine(graph)
    self.wanted = wanted
    self.channelAxes = channelAxes
  }

  /// Adds one batch of samples.
  /// - Throws: where an activation is not finite; the message names the value.
  public mutating func add(_ inputs: [Tensor]) throws {
    var seen = statistics
    statistics = [:]  // so that the copy is the only one
    defer { statistics = seen }
    let (graph, wanted, channelAxes) = (graph, wanted, channelAxes)
    _ = try engine.run(inputs) { value, tensor in
      let follows = wanted.contains(value)
      guard follows || channelAxes[value] != nil, case .float32(let floats) = tensor.storage else { return }
      try floats.withUnsafeBufferPointer { floats in
        if follows {
          guard Calibrator.areFinite(floats) else {
            throw Calibrator.notFinite(graph[value].name, floats, isInput: graph.inputs.contains(value))
          }
          seen[value, default: ActivationStatistics()].histogram.add(floats)
        }
        if let axis = channelAxes[value], axis < tensor.rank {
          seen[value, default: ActivationStatistics()].addChannels(floats, shape: tensor.shape, axis: axis)
        }
      }
    }
    sampleCount += inputs.first?.shape.first ?? 0
  }

  /// NaN and infinity times zero are NaN, and stay so in a sum.
  private static func areFinite(_ floats: UnsafeBufferPointer<Float>) -> Bool {
    var lanes = SIMD16<Float>(repeating: 0)
    var index = 0
    let raw = UnsafeRawBufferPointer(floats)
    while index + 16 <= floats.count {
      lanes += raw.loadUnaligned(fromByteOffset: index * 4, as: SIMD16<Float>.self) * 0
      index += 16
    }
    var sum = lanes.sum()
    for x in floats[index...] { sum += x * 0 }
    return sum == 0
  }

  private static func notFinite(
    _ name: String, _ floats: UnsafeBufferPointer<Float>, isInput: Bool
  ) -> GraphError {
    if !isInput, floats.allSatisfy({ $0.isFinite || $0 == -.infinity }) {
      return GraphError(
        "activation '\(name)' holds −∞ on the calibration data, as masks do that depend on the input; int8 takes masks that are constant, such as causal ones: leave the mask out of the exported model, and give it samples of one length"
      )
    }
    return GraphError(
      "activation '\(name)' is not finite on the calibration data; check the data's --scale, --mean and --std, or the model's weights"
    )
  }
}

extension ActivationStatistics {
  mutating func addChannels(_ floats: UnsafeBufferPointer<Float>, shape: [Int], axis: Int) {
    let channels = shape[axis]
    let outer = shape[..<axis].reduce(1, *)
    let inner = shape[(axis + 1)...].reduce(1, *)
    if channelSums.count != channels {
      channelSums = Array(repeating: 0, count: channels)
      channelMaxima = Array(repeating: -.infinity, count: channels)
      channelMinima = Array(repeating: .infinity, count: channels)
    }
    channelCount += outer * inner
    for o in 0..<outer {
      for c in 0..<channels {
        let start = (o * channels + c) * inner
        var sum: Float = 0
        var (low, high) = (channelMinima[c], channelMaxima[c])
        for x in UnsafeBufferPointer(rebasing: floats[start..<(start + inner)]) {
          sum += x
          low = x < low ? x : low
          high = x > high ? x : high
        }
        channelSums[c] += Double(sum)
        channelMinima[c] = low
        channelMaxima[c] = high
      }
    }
  }
}
