import PithData

extension SampleStore {
  /// The samples' classes, where their targets say one: a whole number, or a row of zeros with a single one in it.
  public var classesOfTargets: [Int]? {
    if let labels { return labels }
    guard let targets, targetCount > 0 else { return nil }
    var result: [Int] = []
    result.reserveCapacity(count)
    for row in 0..<count {
      let values = targets[row * targetCount..<(row + 1) * targetCount]
      guard let label = targetCount == 1 ? Self.wholeNumber(values.first) : Self.place(ofOneIn: values) else {
        return nil
      }
      result.append(label)
    }
    return result
  }

  private static func wholeNumber(_ value: Float?) -> Int? {
    guard let value, value >= 0, value < 16_777_216 else { return nil }
    return Int(exactly: value)
  }

  private static func place(ofOneIn values: ArraySlice<Float>) -> Int? {
    guard let place = values.firstIndex(of: 1), values.count(where: { $0 != 0 }) == 1 else { return nil }
    return place - values.startIndex
  }
}

/// What a network is trained towards.
public enum TrainingTargets: Hashable, Sendable {
  case classes
  /// So many for each sample.
  case numbers(Int)

  /// What fits the data, the loss and the network.
  /// - Parameters:
  ///   - classes: the samples' classes, where the data have such.
  ///   - numberCount: how many targets a sample has in the data.
  ///   - outputs: how many numbers the network gives for a sample, where that is known.
  ///   - hasOpenEnd: whether the network ends in neither a softmax nor a sigmoid.
  public init(
    classes: [Int]?, numberCount: Int, loss: LossKind, outputs: Int?, hasOpenEnd: Bool
  ) {
    guard let classes else {
      self = .numbers(numberCount)
      return
    }
    let isSingle = outputs == 1
    switch loss {
    case .meanSquaredError: self = isSingle || numberCount > 1 ? .numbers(numberCount) : .classes
    case .automatic where isSingle && hasOpenEnd && classes.contains { $0 > 1 }:
      // Whole numbers for one linear output: a regression, such as one of counts.
      self = .numbers(numberCount)
    case .automatic, .crossEntropy, .binaryCrossEntropy, .binaryCrossEntropyWithLogits: self = .classes
    }
  }
}
