import Glibc

/// The colours 16 ... 255 of 256-colour terminals: a cube of 6 x 6 x 6 and 24 greys.
///
/// The first 16 are left out: people choose them for themselves.
enum ColorCube {
  private static let levels = [0, 95, 135, 175, 215, 255]

  /// The colours from number 16 on.
  static let colors: [Color] =
    (0..<216).map { Color(red: levels[$0 / 36], green: levels[$0 / 6 % 6], blue: levels[$0 % 6]) }
    + (0..<24).map { Color(red: 8 + 10 * $0, green: 8 + 10 * $0, blue: 8 + 10 * $0) }

  private static let places = colors.map(PerceptualColor.init)

  /// The number of the colour that looks most like another.
  static func nearest(_ color: Color) -> Int {
    let wanted = PerceptualColor(color)
    var best = (number: 0, distance: Float.infinity)
    for (number, place) in places.enumerated() {
      let distance = wanted.distance(to: place)
      if distance < best.distance { best = (number, distance) }
    }
    return 16 + best.number
  }
}

/// A colour in Oklab (Ottosson 2020), where equal distances look equally far apart.
struct PerceptualColor {
  /// 0 ... 1, black to white.
  let lightness: Float
  /// Green to red, and blue to yellow; 0 is grey.
  let a: Float, b: Float

  init(_ color: Color) {
    func linear(_ value: Int) -> Float {
      let x = Float(value) / 255
      return x <= 0.04045 ? x / 12.92 : powf((x + 0.055) / 1.055, 2.4)
    }
    let (red, green, blue) = (linear(color.red), linear(color.green), linear(color.blue))
    let long = cbrtf(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    let medium = cbrtf(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    let short = cbrtf(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
  }

  private var chroma: Float { (a * a + b * b).squareRoot() }

  /// Squared, with a weight on the hue: a muted colour may become greyer sooner than another colour.
  func distance(to other: PerceptualColor) -> Float {
    let (light, da, db) = (lightness - other.lightness, a - other.a, b - other.b)
    let saturation = chroma - other.chroma
    let hue = max(0, da * da + db * db - saturation * saturation)
    return light * light + saturation * saturation + 2 * hue
  }
}
