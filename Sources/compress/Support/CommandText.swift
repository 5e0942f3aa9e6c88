import Pith

/// The command line as a user would type it again.
enum CommandText {
  /// What stands behind `compress`; a recipe's steps have their own.
  @TaskLocal static var arguments = Array(CommandLine.arguments.dropFirst())

  static var current: String { CommandLineText.joined(["compress"] + arguments) }
}
