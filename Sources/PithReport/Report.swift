import Foundation

/// What a subcommand found out, as one value from which every rendering is made.
///
/// The JSON keys are stable: scripts read them. Lists and keys are only added.
public protocol Report: Codable, Sendable {
  /// The report for people, as aligned plain text.
  ///
  /// - Parameters:
  ///   - width: the columns of the terminal; no line is wider, as long as there are at least 40.
  ///   - colour: whether to mark words with ANSI colours. Without it the text holds no control
  ///     character but the line feed, also when names in the model do.
  func text(width: Int, colour: Bool) -> String
}

extension Report {
  /// The report as one JSON object with sorted keys, so that equal reports are equal text.
  ///
  /// JSON has no infinity and no NaN: such a number is written as `null`. What is unknown is left out.
  ///
  /// - Throws: what `JSONEncoder` throws, which for these types is nothing known.
  public func json() throws -> String {
    // A token that no name in a model can hold, since it is drawn anew for each call.
    let token = "nonfinite-" + UUID().uuidString
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: token, negativeInfinity: token, nan: token)
    let text = String(decoding: try encoder.encode(self), as: UTF8.self)
    return text.replacingOccurrences(of: "\"\(token)\"", with: "null")
  }
}

/// In which arithmetic a layer runs.
public enum Placement: String, Codable, Sendable, Hashable {
  /// Integer kernels on 8-bit operands.
  case int8
  /// The runtime's float kernels, because there is no integer kernel or it was asked for.
  case float32
}
