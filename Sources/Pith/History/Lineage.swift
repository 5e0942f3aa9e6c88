import Foundation

/// Where a network that a command reads comes from.
public struct Lineage: Sendable {
  /// Everything that was done to the network, up to the file that was read.
  public private(set) var history: NetworkHistory
  /// What was wrong with the history in the file.
  public private(set) var warnings: [String] = []
  /// The file that was read.
  public let path: String

  /// Reads the history that the file holds, or begins one.
  /// - Parameter graph: as it was imported from the file at `path`.
  /// - Throws: where the graph has a shape that is not known.
  public init(of graph: Graph, path: String) throws {
    self.path = path
    let file = (path as NSString).lastPathComponent
    var figures = try NetworkFigures(of: graph)
    figures.bytes = FileSize.bytes(path)
    history = NetworkHistory()
    if let text = graph.metadata[NetworkHistory.metadataKey] {
      if let read = NetworkHistory(metadata: text) {
        history = read
      } else {
        warnings.append(
          "\(file): its history ('\(NetworkHistory.metadataKey)') cannot be read and is left out")
      }
    }
    let last = history.steps.last?.figures
    let isSame = last?.parameters == figures.parameters && last?.multiplyAdds == figures.multiplyAdds
    if isSame {
      history.steps[history.steps.count - 1].file = file
      history.steps[history.steps.count - 1].figures = figures
    } else {
      // Its first step, or the first after another program changed the network.
      let summary = history.steps.isEmpty ? "imported" : "changed by another program"
      history.steps.append(.init(action: .imported, summary: summary, file: file, figures: figures))
    }
    history.steps[history.steps.count - 1].digest = try? ModelFiles.digest(path)
  }

  /// Notes the accuracy of the network as it was read.
  /// - Parameter data: what the user called the data.
  public mutating func measured(_ accuracy: Accuracy?, on data: String?) {
    guard let accuracy, !history.steps.isEmpty else { return }
    history.steps[history.steps.count - 1].accuracy = accuracy
    history.steps[history.steps.count - 1].evaluationData = data.map(Lineage.shortName)
  }

  /// A DATA specification without its folders: `images.idx.gz` of `/data/images.idx.gz,/data/labels.idx.gz`.
  public static func shortName(_ data: String) -> String {
    let first = data.split(separator: ",").first.map(String.init) ?? data
    return (first as NSString).lastPathComponent
  }
}
