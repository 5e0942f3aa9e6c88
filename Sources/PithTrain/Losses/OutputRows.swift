import PithEngine
import PithGraph

/// How many elements of a loss make a task that is worth handing to another thread.
private let grain = 1 << 13

/// The rows of an output, `[samples, …]`, one a sample.
struct OutputRows {
  let values: [Float]
  let shape: [Int]
  let count: Int
  let width: Int

  /// - Throws: `GraphError` where the output is not float32 with a row for each sample.
  init(_ output: Tensor, samples: Int) throws {
    guard let values = output.floats, let first = output.shape.first, first == samples, samples > 0,
      !values.isEmpty
    else {
      throw GraphError(
        "the loss needs a float32 output with \(samples) samples along its first axis, but it has the shape \(output.shape)"
      )
    }
    self.values = values
    shape = output.shape
    count = samples
    width = values.count / samples
  }

  /// Sums a loss over rows and collects its gradient.
  ///
  /// The rows are shared out among threads, in stretches that do not depend on how many there are; sums are in Double.
  /// - Parameter row: computes a row's loss from its outputs, and writes its gradient; the buffers of `width` elements
  ///   are scratch memory, in which the row's targets are to be found.
  func sum(
    targets: TargetRows,
    _ row: (
      _ outputs: UnsafeBufferPointer<Float>, _ targets: UnsafeMutableBufferPointer<Double>,
      _ gradient: UnsafeMutableBufferPointer<Float>
    ) -> Double
  ) -> (sum: Double, gradient: Tensor) {
    let stretch = max(1, grain / width)
    var partial = [Double](repeating: 0, count: (count + stretch - 1) / stretch)
    let gradient = [Float](unsafeUninitializedCapacity: values.count) { gradient, initialized in
      values.withUnsafeBufferPointer { values in
        partial.withUnsafeMutableBufferPointer { partial in
          Parallelism.forEachRange(count, grain: stretch) { rows in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: width) { scratch in
              _ = scratch.initialize(from: repeatElement(0, count: width))
              var total = 0.0
              for index in rows {
                let range = index * width..<(index + 1) * width
                targets.fill(row: index, scratch)
                total += row(
                  UnsafeBufferPointer(rebasing: values[range]), scratch,
                  UnsafeMutableBufferPointer(rebasing: gradient[range]))
              }
              partial[rows.lowerBound / stretch] = total
            }
          }
        }
      }
      initialized = values.count
    }
    return (partial.reduce(0, +), Tensor(shape: shape, floats: gradient))
  }
}

/// What each row of an output should be: a class as a row with a one in it, or given numbers.
struct TargetRows {
  private let labels: [Int]?
  private let partners: [Int]?
  private let mixWeight: Double
  private let numbers: [Float]
  private let width: Int
  /// value = (1 − smoothing) · value + smoothing · smoothed
  private let smoothing: Double
  private let smoothed: Double

  /// - Parameters:
  ///   - width: the numbers in a row. A row of one holds the class itself.
  ///   - classes: labels from 0 to below this are allowed; nil where a row of one is any number.
  /// - Throws: `GraphError` where a label is out of range, or the targets do not fit.
  init(
    _ batch: TrainingBatch, width: Int, classes: Int?, smoothing: Double = 0, smoothed: Double = 0
  ) throws {
    self.width = width
    self.smoothing = smoothing
    self.smoothed = smoothed
    if let targets = batch.targets {
      guard let values = targets.floats, values.count == batch.count * width else {
        throw GraphError(
          "the output has \(width) numbers a sample, but the targets have \(targets.count / max(1, batch.count)); they have to be equally many"
        )
      }
      (labels, partners, mixWeight, numbers) = (nil, nil, 1, values)
      return
    }
    guard let labels = batch.labels, labels.count == batch.count else {
      throw GraphError("the samples have no labels and no targets, so there is nothing to train towards")
    }
    if let classes {
      for (row, label) in labels.enumerated() where label < 0 || label >= classes {
        let index = row < batch.indices.count ? batch.indices[row] : row
        throw GraphError(
          "sample \(index) has label \(label), but the model has \(classes) classes, 0 to \(classes - 1)")
      }
    }
    self.labels = labels
    partners = batch.partnerLabels.flatMap { $0.count == labels.count ? $0 : nil }
    mixWeight = partners == nil ? 1 : Double(batch.mixWeight)
    numbers = []
  }

  /// Writes the targets of a row.
  @inline(__always)
  func fill(row: Int, _ target: UnsafeMutableBufferPointer<Double>) {
    if let labels {
      if width == 1 {
        target[0] = Double(labels[row])
        if let partners { target[0] = mixWeight * target[0] + (1 - mixWeight) * Double(partners[row]) }
      } else {
        target.update(repeating: 0)
        target[labels[row]] = mixWeight
        if let partners, partners[row] >= 0, partners[row] < width {
          target[partners[row]] += 1 - mixWeight
        }
      }
    } else {
      for index in 0..<width { target[index] = Double(numbers[row * width + index]) }
    }
    guard smoothing > 0 else { return }
    for index in 0..<width { target[index] = (1 - smoothing) * target[index] + smoothing * smoothed }
  }
}

/// What a network's outputs are.
public enum OutputForm: String, Codable, Sendable {
  case logits
  case probabilities
}

extension ObjectiveValue {
  /// Of a loss that looks at the first output only.
  init(loss: Double, gradient: Tensor, outputs: Int) {
    self.init(loss: loss, gradients: [gradient] + Array(repeating: nil, count: max(0, outputs - 1)))
  }
}

extension [Tensor] {
  /// The output that a loss looks at.
  func firstOutput(samples: Int) throws -> OutputRows {
    guard let output = first else { throw GraphError("the model has no output") }
    return try OutputRows(output, samples: samples)
  }
}
