/** The SVG 2 elements that draw, and those that drawing references. */
export const svgElements: readonly string[] = `svg g defs symbol use title desc switch
  path rect circle ellipse line polyline polygon text tspan textPath
  linearGradient radialGradient stop pattern clipPath mask marker
  filter feBlend feColorMatrix feComponentTransfer feComposite feConvolveMatrix feDiffuseLighting feDisplacementMap
  feDistantLight feDropShadow feFlood feFuncA feFuncB feFuncG feFuncR feGaussianBlur feMerge feMergeNode feMorphology
  feOffset fePointLight feSpecularLighting feSpotLight feTile feTurbulence`.split(/\s+/)

/** Their attributes, except those that run scripts, load resources or link to URLs. */
export const svgAttributes: readonly string[] =
  `xmlns xmlns:xlink version id class viewBox preserveAspectRatio x y width height transform role aria-label aria-hidden
  href xlink:href d points cx cy r rx ry x1 y1 x2 y2 fx fy fr pathLength dx dy rotate textLength lengthAdjust startOffset
  fill fill-opacity fill-rule stroke stroke-width stroke-opacity stroke-linecap stroke-linejoin stroke-miterlimit
  stroke-dasharray stroke-dashoffset opacity color display visibility overflow clip-path clip-rule mask filter
  marker-start marker-mid marker-end paint-order vector-effect shape-rendering text-rendering color-interpolation
  color-interpolation-filters mix-blend-mode isolation transform-origin
  font-family font-size font-weight font-style font-stretch font-variant letter-spacing word-spacing text-anchor
  text-decoration dominant-baseline alignment-baseline baseline-shift writing-mode direction xml:space
  gradientUnits gradientTransform spreadMethod offset stop-color stop-opacity patternUnits patternContentUnits
  patternTransform clipPathUnits maskUnits maskContentUnits markerUnits markerWidth markerHeight refX refY orient
  filterUnits primitiveUnits in in2 result mode type values tableValues slope intercept amplitude exponent operator
  k1 k2 k3 k4 order kernelMatrix divisor bias targetX targetY edgeMode preserveAlpha surfaceScale diffuseConstant
  specularConstant specularExponent kernelUnitLength lighting-color azimuth elevation scale xChannelSelector
  yChannelSelector flood-color flood-opacity stdDeviation radius pointsAtX pointsAtY pointsAtZ z limitingConeAngle
  baseFrequency numOctaves seed stitchTiles`.split(/\s+/)
