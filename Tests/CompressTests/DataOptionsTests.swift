import Foundation
import Pith
import Testing

@testable import compress

@Suite struct DataOptionsTests {
  @Test func readsListsAndRepeatedOptions() throws {
    let options = try DataOptions.parse(["--scale", "1/255", "--mean", "-0.5,0.25,1e-1", "--std", "2"])
    #expect(options.preprocessing == Preprocessing(scale: [1.0 / 255], mean: [-0.5, 0.25, 0.1], std: [2]))
    let repeated = try DataOptions.parse(["--mean", "-1", "--mean=2", "--mean", "3,4"])
    #expect(repeated.preprocessing == Preprocessing(mean: [-1, 2, 3, 4]))
    #expect(try DataOptions.parse([]).preprocessing == Preprocessing())
  }

  @Test(arguments: ["x", "1,", "", "1/0", "nan", "1 2", "1,,2"])
  func refusesWhatIsNotANumber(text: String) {
    #expect(NumberList(argument: text) == nil)
    #expect(throws: (any Error).self) { try DataOptions.parse(["--mean", text]) }
  }

  @Test func opensTheData() throws {
    let path = FileManager.default.temporaryDirectory.path + "/pith-options-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    try AtomicFile.write("1,2,7\n3,4,8\n", to: path)
    let options = try DataOptions.parse(["--scale", "2", "--mean", "1", "--label-column", "last"])
    let batch = try #require(try options.dataSet(path).batches(of: 4).next())
    #expect(batch.inputs == [1, 3, 5, 7])
    #expect(batch.labels == [7, 8])
  }
}
