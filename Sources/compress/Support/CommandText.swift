/// The command line as a user would type it again.
enum CommandText {
  static var current: String {
    (["compress"] + CommandLine.arguments.dropFirst()).map(quoted).joined(separator: " ")
  }

  /// Quotes what a shell would take apart.
  static func quoted(_ argument: String) -> String {
    let plain = argument.allSatisfy { $0.isLetter || $0.isNumber || "-_./,:=+@%".contains($0) }
    if plain, !argument.isEmpty { return argument }
    return "'" + argument.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''")
      + "'"
  }
}
