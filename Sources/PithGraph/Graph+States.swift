import Foundation

extension Graph {
  /// The key under which `metadata` keeps what a streaming network remembers.
  public static let statesKey = "pith.states"

  /// Bytes of the text under that key, above which it is none that Pith wrote.
  private static let largestStates = 1 << 16

  /// What a streaming network remembers from run to run: inputs by name, each with the name of the output that it is in
  /// the next run.
  ///
  /// It stands in the metadata, as one JSON object, so that a file has it too. Pairs whose input or output is not there are
  /// left out: another program may have changed the network since.
  public var stateNames: [String: String] {
    get {
      guard let text = metadata[Graph.statesKey], text.utf8.count <= Graph.largestStates,
        let names = try? JSONDecoder().decode([String: String].self, from: Data(text.utf8))
      else { return [:] }
      let (inputNames, outputNames) = (
        Set(inputs.map { self[$0].name }), Set(outputs.map { self[$0].name })
      )
      return names.filter { inputNames.contains($0.key) && outputNames.contains($0.value) }
    }
    set {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      let data = newValue.isEmpty ? nil : try? encoder.encode(newValue)
      metadata[Graph.statesKey] = data.map { String(decoding: $0, as: UTF8.self) }
    }
  }
}
