import Testing

@testable import Images

@Suite("256 colours")
struct ColorCubeTests {
  @Test("each of the 256 colours is its own nearest, and muted colours keep lightness and hue")
  func nearestColors() {
    for (index, color) in ColorCube.colors.enumerated() {
      #expect(ColorCube.colors[ColorCube.nearest(color) - 16] == color, "\(16 + index)")
    }
    // Dark and muted: the nearest level of each channel is black, pure red, pure blue or violet.
    for color in [(60, 40, 40), (40, 45, 70), (90, 60, 70), (30, 44, 36), (70, 90, 60)] {
      let wanted = PerceptualColor(Color(red: color.0, green: color.1, blue: color.2))
      let found = PerceptualColor(
        ColorCube.colors[
          ColorCube.nearest(Color(red: color.0, green: color.1, blue: color.2)) - 16])
      #expect(abs(found.lightness - wanted.lightness) < 0.06, "\(color)")
      #expect(abs(found.a - wanted.a) < 0.05 && abs(found.b - wanted.b) < 0.05, "\(color)")
    }
  }
}
