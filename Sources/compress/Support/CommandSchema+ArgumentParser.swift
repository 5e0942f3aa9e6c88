import ArgumentParser
import Foundation
import Pith

/// The options of a command as ArgumentParser knows them, so that a recipe takes what the command takes.
extension CommandSchema {
  /// - Throws: where ArgumentParser describes its commands in another form, which a test would find.
  init(_ command: any ParsableCommand.Type) throws {
    let dump = try JSONDecoder().decode(Dump.self, from: Data(command._dumpHelp().utf8))
    let name = command.configuration.commandName ?? dump.command.commandName
    let arguments = dump.command.arguments ?? []
    let flags = Set(arguments.filter { $0.kind == "flag" }.map(\.key))
    let options = arguments.compactMap { argument -> Option? in
      // The other half of a pair.
      if argument.kind == "flag", argument.key.hasPrefix("no-"),
        flags.contains(String(argument.key.dropFirst(3)))
      {
        return nil
      }
      return argument.option(flags)
    }
    self.init(
      name: name, options: options,
      outputExtension: name == "quantize" ? "pith" : name == "run" ? "npy" : "onnx")
  }

  private struct Dump: Decodable {
    var command: Command

    struct Command: Decodable {
      var commandName: String
      var arguments: [Argument]?
    }

    struct Argument: Decodable {
      var kind: String
      var names: [Name]?
      var valueName: String?
      var isOptional: Bool
      var isRepeating: Bool
      var allValues: [String]?

      struct Name: Decodable {
        var kind: String
        var name: String
      }

      /// The long name, or that of an argument.
      var key: String { names?.first { $0.kind == "long" }?.name ?? names?.first?.name ?? valueName ?? "" }

      func option(_ flags: Set<String>) -> Option {
        let kind: Kind =
          switch self.kind {
          case "positional": .argument
          case "flag": .flag(negation: flags.contains("no-\(key)") ? "no-\(key)" : nil)
          default: .option
          }
        let isWritten = key == "output" || valueName?.hasPrefix("out.") == true
        let role: Role =
          isWritten ? .output : valueName == "data" ? .data : valueName == "model" ? .model : .plain
        return Option(
          key: key, kind: kind, isOptional: isOptional, isRepeating: isRepeating, values: allValues,
          role: role)
      }
    }
  }
}
