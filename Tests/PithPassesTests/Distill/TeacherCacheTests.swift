import Foundation
import PithFiles
import PithTestSupport
import PithTrain
import Testing

@testable import PithPasses

@Suite struct TeacherCacheTests {
  private let folder = NSTemporaryDirectory() + "pith-cache-\(UUID().uuidString)"

  private func name(_ number: Int) -> UInt64 {
    var hash = ContentHash()
    hash.add("\(number)")
    return hash.value
  }

  private func row(_ number: Int, width: Int) -> [Float] {
    var random = SeededRandom(seed: number)
    return random.floats(width)
  }

  private func cache(limit: Int = 1 << 30, teacher: Int = -1, width: Int = 10) throws -> TeacherCache {
    try TeacherCache(directory: folder, byteLimit: limit, teacher: name(teacher), width: width)
  }

  private func fill(_ cache: TeacherCache, _ numbers: Range<Int>) {
    for number in numbers { cache.add(row(number, width: cache.width), of: name(number)) }
    cache.flush()
  }

  private func found(_ cache: TeacherCache, _ numbers: Range<Int>) -> Int {
    numbers.count {
      guard let found = cache.row(of: name($0)) else { return false }
      #expect(found == row($0, width: cache.width))
      return true
    }
  }

  private var files: [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted().map { "\(folder)/\($0)" }
  }

  @Test func whatWasAddedIsFoundInTheNextRun() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let first = try cache()
    #expect(found(first, 0..<100) == 0)
    fill(first, 0..<60)
    fill(first, 40..<100)
    #expect(found(first, 0..<100) == 100)
    let second = try cache()
    #expect(found(second, 0..<120) == 100)
    #expect(second.summary == .init(found: 100, missing: 20))
    // Another teacher, or other outputs of it, find nothing.
    #expect(found(try cache(teacher: -2), 0..<100) == 0)
    #expect(found(try cache(width: 9), 0..<100) == 0)
  }

  @Test func whatIsDamagedIsMissing() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    fill(try cache(), 0..<50)
    let path = try #require(files.first)
    let contents = [UInt8](try Data(contentsOf: URL(filePath: path)))
    var random = SeededRandom(seed: 1)
    for _ in 0..<60 {
      var damaged = contents
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        damaged[Int.random(in: damaged.indices, using: &random)] ^=
          1 << UInt8.random(in: 0...7, using: &random)
      }
      if Bool.random(using: &random) { damaged.removeLast(Int.random(in: 0..<damaged.count, using: &random)) }
      try Data(damaged).write(to: URL(filePath: path))
      // Every row that is found is the right one.
      #expect(found(try cache(), 0..<50) <= 50)
    }
    // A bit of one row costs that row alone.
    var damaged = contents
    damaged[damaged.count - 1] ^= 4
    try Data(damaged).write(to: URL(filePath: path))
    let cache = try cache()
    #expect(found(cache, 0..<50) == 49)
    fill(cache, 0..<50)
    #expect(found(try self.cache(), 0..<50) == 50)
  }

  @Test func itMayBeDeletedAtAnyTime() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let cache = try cache()
    fill(cache, 0..<20)
    // Shorter while it is open: the rows that are gone are missing.
    try FileHandle(forWritingTo: URL(filePath: try #require(files.first))).truncate(atOffset: 1000)
    #expect(found(cache, 0..<20) < 20)
    try FileManager.default.removeItem(atPath: folder)
    fill(cache, 20..<40)
    #expect(cache.summary.problem == nil)
    #expect(found(try self.cache(), 20..<40) == 20)
  }

  @Test func itStaysWithinItsLimit() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    // 100 rows of 10 floats are 4000 bytes, and 24 a row beside them.
    let limit = 15_000
    func used() -> Int {
      files.reduce(0) { $0 + ((try? Data(contentsOf: URL(filePath: $1)).count) ?? 0) }
    }
    fill(try cache(limit: limit, teacher: -5), 0..<100)
    let second = try cache(limit: limit)
    fill(second, 0..<100)
    #expect(used() <= limit && files.count == 2)
    // The other teacher's file goes for this one's.
    fill(second, 100..<200)
    #expect(used() <= limit && found(second, 0..<200) == 200)
    #expect(found(try cache(limit: limit, teacher: -5), 0..<100) == 0)
    // Then it is full, and says so; what it has stays.
    fill(second, 200..<300)
    #expect(second.summary.problem?.contains("--cache-limit") == true)
    #expect(used() <= limit && found(second, 0..<300) == 200)
    _ = try cache(limit: 5000)
    #expect(used() <= 5000)
  }

  @Test func aPathThatIsNoDirectoryIsRefused() throws {
    try Data([1]).write(to: URL(filePath: folder))
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(throws: FileError.self) { try cache() }
  }
}
