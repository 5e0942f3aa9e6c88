import PithGraph

/// Reads the pickles that PyTorch writes, protocols 2 to 5, without doing what they ask for.
///
/// A pickle is a program for a machine with a stack. Here the machine knows only the instructions that make numbers, text
/// and containers, and a handful of functions by name that make a tensor; every other one is refused by name. Format:
/// Python's Lib/pickletools.py.
struct PickleReader {
  /// Bounds, far beyond any state dict.
  enum Limits {
    static let bytes = 16 << 20
    static let values = 1 << 20
  }

  private let bytes: [UInt8]
  private var position = 0
  private var stack: [PickleValue] = []
  /// Where groups of values begin on the stack.
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]
  private var count = 0
  /// All lists, tuples, sets and dictionaries.
  private(set) var containers: [PickleContainer] = []

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Reads the whole pickle.
  /// - Returns: its value; containers are numbers of `containers`.
  /// - Throws: `GraphError` that names what is not understood or not allowed.
  mutating func read() throws -> PickleValue {
    while true {
      let place = position
      let code = try byte()
      count += 1
      guard count <= Limits.values else {
        throw GraphError("the pickle has more than \(Limits.values) values; save only the state dict")
      }
      if code == UInt8(ascii: ".") { return try pop() }
      guard let opcode = PickleOpcode(rawValue: code) else {
        throw GraphError("the pickle is damaged: instruction \(code) at byte \(place) is unknown")
      }
      try perform(opcode)
    }
  }

  // MARK: Instructions

  private mutating func perform(_ opcode: PickleOpcode) throws {
    switch opcode {
    case .proto:
      let version = try byte()
      guard (2...5).contains(version) else {
        throw GraphError("the pickle has protocol \(version); save the weights again with torch.save")
      }
    case .frame: _ = try data(8)
    case .mark: marks.append(stack.count)
    case .pop: if marks.last == stack.count { marks.removeLast() } else { _ = try pop() }
    case .popMark: _ = try popMarked()
    case .dup:
      let top = try pop()
      stack += [top, top]
    case .none: stack.append(.none)
    case .newTrue: stack.append(.bool(true))
    case .newFalse: stack.append(.bool(false))
    case .binInt: stack.append(.int(Int(Int32(truncatingIfNeeded: try number(4)))))
    case .binInt1: stack.append(.int(try number(1)))
    case .binInt2: stack.append(.int(try number(2)))
    case .long1: try long(try number(1))
    case .long4: try long(try number(4))
    case .binFloat:
      let bits = try data(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      stack.append(.float(Double(bitPattern: bits)))
    case .shortBinUnicode: try text(try number(1))
    case .binUnicode: try text(try number(4))
    case .binUnicode8: try text(try number(8))
    case .shortBinString, .shortBinBytes: try skip(try number(1))
    case .binString, .binBytes: try skip(try number(4))
    case .binBytes8, .byteArray8: try skip(try number(8))
    case .emptyTuple: push([], PickleValue.tuple)
    case .tuple1: push(try pop(count: 1), PickleValue.tuple)
    case .tuple2: push(try pop(count: 2), PickleValue.tuple)
    case .tuple3: push(try pop(count: 3), PickleValue.tuple)
    case .tuple: push(try popMarked(), PickleValue.tuple)
    case .emptyList, .emptySet: push([], PickleValue.list)
    case .list, .frozenSet: push(try popMarked(), PickleValue.list)
    case .emptyDict: push([], PickleValue.dictionary)
    case .dict: push(try popMarked(), PickleValue.dictionary)
    case .append: try append(try pop(count: 1))
    case .appends, .addItems: try append(try popMarked())
    case .setItem: try setItems(try pop(count: 2))
    case .setItems: try setItems(try popMarked())
    case .binPut: try memorize(try number(1))
    case .longBinPut: try memorize(try number(4))
    case .memoize: try memorize(memo.count)
    case .binGet: try recall(try number(1))
    case .longBinGet: try recall(try number(4))
    case .global:
      let module = try line()
      try global(module, try line())
    case .stackGlobal:
      let names = try pop(count: 2)
      guard case .string(let module) = names[0], case .string(let name) = names[1] else { throw damaged() }
      try global(module, name)
    case .binPersistentID: stack.append(try TorchPickle.storage(try pop(), containers))
    case .reduce:
      let call = try pop(count: 2)
      guard case .global(let name) = call[0], case .tuple(let arguments) = call[1] else {
        throw GraphError("the pickle calls something that is not a known function; \(TorchPickle.refusal)")
      }
      try reduce(name, containers[arguments].elements)
    case .build:
      _ = try pop()
      // State of a container, as the versions that a state dict notes, has no meaning here.
      guard case .dictionary? = stack.last else {
        throw GraphError("the pickle sets the state of an object; \(TorchPickle.refusal)")
      }
    case .newObject, .newObjectEx, .instance, .object, .extension1, .extension2, .extension4, .persistentID,
      .nextBuffer, .readOnlyBuffer, .int, .long, .string, .unicode, .float, .put, .get:
      throw GraphError("the pickle has the instruction \(opcode.name); \(TorchPickle.refusal)")
    }
  }

  private mutating func global(_ module: String, _ name: String) throws {
    stack.append(.global(try TorchPickle.known(module, name)))
  }

  private mutating func reduce(_ name: String, _ arguments: [PickleValue]) throws {
    switch name {
    case "collections.OrderedDict":
      // Older Pythons give the pairs as a list, newer ones set them afterwards.
      var pairs: [PickleValue] = []
      if case .list(let list)? = arguments.first {
        for case .tuple(let pair) in containers[list].elements where containers[pair].elements.count == 2 {
          pairs += containers[pair].elements
        }
      }
      push(pairs, PickleValue.dictionary)
    case "torch.Size", "builtins.set", "__builtin__.set":
      guard case .some(let first) = arguments.first else { return push([], PickleValue.list) }
      switch first {
      case .tuple(let place): stack.append(.tuple(place))
      case .list(let place): stack.append(.list(place))
      default: throw damaged()
      }
    default: stack.append(try TorchPickle.call(name, arguments, containers))
    }
  }

  // MARK: Containers

  private mutating func push(_ elements: [PickleValue], _ kind: (Int) -> PickleValue) {
    containers.append(PickleContainer(elements: elements))
    stack.append(kind(containers.count - 1))
  }

  private mutating func append(_ elements: [PickleValue]) throws {
    guard case .list(let place)? = stack.last else { throw damaged() }
    containers[place].elements += elements
  }

  private mutating func setItems(_ elements: [PickleValue]) throws {
    guard case .dictionary(let place)? = stack.last, elements.count.isMultiple(of: 2) else { throw damaged() }
    containers[place].elements += elements
  }

  private mutating func memorize(_ place: Int) throws {
    guard let top = stack.last else { throw damaged() }
    memo[place] = top
  }

  private mutating func recall(_ place: Int) throws {
    guard let value = memo[place] else { throw damaged() }
    stack.append(value)
  }

  private mutating func pop() throws -> PickleValue {
    guard stack.count > marks.last ?? 0, let value = stack.popLast() else { throw damaged() }
    return value
  }

  private mutating func pop(count: Int) throws -> [PickleValue] {
    guard stack.count - count >= marks.last ?? 0 else { throw damaged() }
    defer { stack.removeLast(count) }
    return Array(stack.suffix(count))
  }

  private mutating func popMarked() throws -> [PickleValue] {
    guard let mark = marks.popLast(), mark <= stack.count else { throw damaged() }
    defer { stack.removeLast(stack.count - mark) }
    return Array(stack[mark...])
  }

  // MARK: Bytes

  private func damaged() -> GraphError {
    GraphError("the pickle is damaged near byte \(position); save the weights again")
  }

  private mutating func byte() throws -> UInt8 {
    guard position < bytes.count else { throw GraphError("the pickle is cut short; save the weights again") }
    defer { position += 1 }
    return bytes[position]
  }

  private mutating func data(_ count: Int) throws -> ArraySlice<UInt8> {
    guard count >= 0, count <= bytes.count - position else {
      throw GraphError("the pickle is cut short; save the weights again")
    }
    defer { position += count }
    return bytes[position..<(position + count)]
  }

  /// A little-endian number of that many bytes; 8 bytes are signed, fewer are not.
  private mutating func number(_ width: Int) throws -> Int {
    let bits = try data(width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    return Int(truncatingIfNeeded: bits)
  }

  private mutating func long(_ width: Int) throws {
    let data = try data(width)
    guard width <= 8 else { return stack.append(.largeInt) }
    var bits = data.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if let top = data.last, top >= 0x80, width < 8 { bits |= ~UInt64(0) << UInt64(8 * width) }
    stack.append(.int(Int(Int64(bitPattern: bits))))
  }

  private mutating func text(_ count: Int) throws {
    stack.append(.string(String(decoding: try data(count), as: UTF8.self)))
  }

  private mutating func skip(_ count: Int) throws {
    _ = try data(count)
    stack.append(.bytes)
  }

  private mutating func line() throws -> String {
    let rest = bytes[position...].prefix(512)
    guard let end = rest.firstIndex(of: UInt8(ascii: "\n")) else { throw damaged() }
    defer { position = end + 1 }
    return String(decoding: rest[..<end], as: UTF8.self)
  }
}
