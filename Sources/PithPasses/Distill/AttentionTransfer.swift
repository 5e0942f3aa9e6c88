import PithEngine
import PithGraph

/// Where a feature map is strong, whatever its channels: Σ over channels of squares, made a unit vector.
///
/// Zagoruyko and Komodakis, "Paying More Attention to Attention", 2017, section 3.1, with p = 2.
public enum AttentionTransfer {
  /// Features of one layer, `[samples, channels, positions]`.
  public struct Features {
    public var values: [Float]
    public var samples: Int
    public var channels: Int
    public var positions: Int
  }

  /// Each sample's attention, `[samples, positions]`, as unit vectors, and their lengths before.
  static func maps(_ features: Features) -> (unit: [Double], lengths: [Double]) {
    let (channels, positions) = (features.channels, features.positions)
    var maps = [Double](repeating: 0, count: features.samples * positions)
    var lengths = [Double](repeating: 0, count: features.samples)
    for sample in 0..<features.samples {
      let target = sample * positions
      for channel in 0..<channels {
        let source = (sample * channels + channel) * positions
        for position in 0..<positions {
          let value = Double(features.values[source + position])
          maps[target + position] += value * value
        }
      }
      var square = 0.0
      for position in target..<target + positions { square += maps[position] * maps[position] }
      // A map of zeros stays one.
      lengths[sample] = square > 0 ? square.squareRoot() : 1
      for position in target..<target + positions { maps[position] /= lengths[sample] }
    }
    return (maps, lengths)
  }

  /// ½ · mean over samples of ‖student's map − teacher's‖², and its gradient by the student's features.
  public static func loss(_ student: Features, _ teacher: Features) throws -> (
    loss: Double, gradient: [Float]
  ) {
    guard student.samples == teacher.samples, student.positions == teacher.positions else {
      throw GraphError(
        "attention maps of \(student.positions) and \(teacher.positions) positions cannot be compared")
    }
    let (own, lengths) = maps(student)
    let (wanted, _) = maps(teacher)
    let (channels, positions) = (student.channels, student.positions)
    var gradient = [Float](repeating: 0, count: student.values.count)
    var sum = 0.0
    for sample in 0..<student.samples {
      let start = sample * positions
      var along = 0.0
      for position in start..<start + positions {
        let difference = own[position] - wanted[position]
        sum += difference * difference
        along += difference * own[position]
      }
      // Through the division by the length, then through the squares.
      let factor = 2 / (lengths[sample] * Double(student.samples))
      for channel in 0..<channels {
        let source = (sample * channels + channel) * positions
        for position in 0..<positions {
          let map = own[start + position]
          let slope = (map - wanted[start + position] - map * along) * factor
          gradient[source + position] = Float(slope * Double(student.values[source + position]))
        }
      }
    }
    return (sum / 2 / Double(Swift.max(1, student.samples)), gradient)
  }
}
