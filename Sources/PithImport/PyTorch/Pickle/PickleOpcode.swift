/// The instructions of Python's pickle machine.
///
/// Python's Lib/pickletools.py, whose names are in `name`.
enum PickleOpcode: UInt8 {
  case mark = 0x28
  case emptyTuple = 0x29
  case pop = 0x30
  case popMark = 0x31
  case dup = 0x32
  case binBytes = 0x42
  case shortBinBytes = 0x43
  case float = 0x46
  case binFloat = 0x47
  case int = 0x49
  case binInt = 0x4a
  case binInt1 = 0x4b
  case long = 0x4c
  case binInt2 = 0x4d
  case none = 0x4e
  case persistentID = 0x50
  case binPersistentID = 0x51
  case reduce = 0x52
  case string = 0x53
  case binString = 0x54
  case shortBinString = 0x55
  case unicode = 0x56
  case binUnicode = 0x58
  case append = 0x61
  case build = 0x62
  case global = 0x63
  case dict = 0x64
  case appends = 0x65
  case get = 0x67
  case binGet = 0x68
  case instance = 0x69
  case longBinGet = 0x6a
  case list = 0x6c
  case object = 0x6f
  case put = 0x70
  case binPut = 0x71
  case longBinPut = 0x72
  case setItem = 0x73
  case tuple = 0x74
  case setItems = 0x75
  case emptyDict = 0x7d
  case emptyList = 0x5d
  case proto = 0x80
  case newObject = 0x81
  case extension1 = 0x82
  case extension2 = 0x83
  case extension4 = 0x84
  case tuple1 = 0x85
  case tuple2 = 0x86
  case tuple3 = 0x87
  case newTrue = 0x88
  case newFalse = 0x89
  case long1 = 0x8a
  case long4 = 0x8b
  case shortBinUnicode = 0x8c
  case binUnicode8 = 0x8d
  case binBytes8 = 0x8e
  case emptySet = 0x8f
  case addItems = 0x90
  case frozenSet = 0x91
  case newObjectEx = 0x92
  case stackGlobal = 0x93
  case memoize = 0x94
  case frame = 0x95
  case byteArray8 = 0x96
  case nextBuffer = 0x97
  case readOnlyBuffer = 0x98

  /// What pickletools calls the instructions that are refused.
  var name: String {
    switch self {
    case .newObject: "NEWOBJ"
    case .newObjectEx: "NEWOBJ_EX"
    case .instance: "INST"
    case .object: "OBJ"
    case .extension1: "EXT1"
    case .extension2: "EXT2"
    case .extension4: "EXT4"
    case .persistentID: "PERSID"
    case .nextBuffer: "NEXT_BUFFER"
    case .readOnlyBuffer: "READONLY_BUFFER"
    case .int: "INT"
    case .long: "LONG"
    case .string: "STRING"
    case .unicode: "UNICODE"
    case .float: "FLOAT"
    case .put: "PUT"
    case .get: "GET"
    default: "\(self)"
    }
  }
}
