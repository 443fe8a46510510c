import type { Camera } from './camera.ts';
import { shapeOf } from './colours.ts';
import { FADED, OPACITY, radiusFor, type Renderer, type Scene } from './renderer.ts';

/** Groups that a shader can colour: nine, and those of none. */
const MOST_GROUPS = 10;

const vertexShader = `#version 300 es
in vec2 position;
in float group;
in float selected;
uniform vec2 centre;
uniform vec2 scale;
uniform float size;
uniform float highlight;
uniform vec3 colours[${MOST_GROUPS}];
uniform float squares[${MOST_GROUPS}];
out vec4 colour;
out float square;
out float ring;
void main() {
  int g = int(group);
  float shown = highlight < 0.0 || highlight == group ? ${OPACITY} : ${FADED};
  colour = vec4(colours[g], max(shown, selected));
  square = squares[g];
  ring = selected;
  gl_Position = vec4((position - centre) * scale, 0.0, 1.0);
  gl_PointSize = size * (1.0 + 0.6 * selected);
}`;

const fragmentShader = `#version 300 es
precision mediump float;
in vec4 colour;
in float square;
in float ring;
uniform vec3 foreground;
out vec4 result;
void main() {
  vec2 from = abs(gl_PointCoord * 2.0 - 1.0);
  float distance = square > 0.5 ? max(from.x, from.y) : length(from);
  if (distance > 1.0) discard;
  float edge = 1.0 - smoothstep(0.8, 1.0, distance);
  vec3 own = ring > 0.5 && distance > 0.65 ? foreground : colour.rgb;
  result = vec4(own, 1.0) * (colour.a * (square > 0.5 ? 1.0 : edge));
}`;

/**
 * Draws every point with one call of WebGL 2. Written for this page: libraries that write their code at run time are
 * kept out by its content security policy.
 */
export class WebglRenderer implements Renderer {
  readonly kind = 'webgl';
  readonly #gl: WebGL2RenderingContext;
  readonly #program: WebGLProgram;
  readonly #buffers: Readonly<Record<'position' | 'group' | 'selected', WebGLBuffer>>;
  /** Asked for once: a question waits for the graphics process. */
  readonly #uniforms = new Map<string, WebGLUniformLocation | null>();
  #scene: Scene | undefined;

  /** Undefined where the browser has no WebGL 2. */
  static for(canvas: HTMLCanvasElement): WebglRenderer | undefined {
    const gl = canvas.getContext('webgl2', {
      alpha: true,
      antialias: true,
      failIfMajorPerformanceCaveat: true,
    });
    if (gl === null) return undefined;
    const program = link(gl);
    return program === undefined ? undefined : new WebglRenderer(gl, program);
  }

  private constructor(gl: WebGL2RenderingContext, program: WebGLProgram) {
    this.#gl = gl;
    this.#program = program;
    this.#buffers = { position: gl.createBuffer(), group: gl.createBuffer(), selected: gl.createBuffer() };
    gl.useProgram(program);
    gl.enable(gl.BLEND);
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  }

  setScene(scene: Scene): void {
    this.#scene = scene;
    const gl = this.#gl;
    const last = scene.colours.length - 1;
    this.#fill('position', 2, scene.positions);
    this.#fill(
      'group',
      1,
      Float32Array.from(scene.groups, (group) => Math.min(group, last)),
    );
    this.#fill('selected', 1, Float32Array.from(scene.selected));
    gl.uniform3fv(this.#uniform('colours'), scene.colours.slice(0, MOST_GROUPS).flat());
    const squares = scene.colours.map((_, group) => Number(group < last && shapeOf(group) === 'square'));
    gl.uniform1fv(this.#uniform('squares'), squares.slice(0, MOST_GROUPS));
    gl.uniform3fv(this.#uniform('foreground'), [...scene.foreground]);
    gl.uniform1f(
      this.#uniform('highlight'),
      scene.highlight === undefined ? -1 : Math.min(scene.highlight, last),
    );
  }

  draw(camera: Camera, ratio: number): void {
    if (this.#scene === undefined) return;
    const gl = this.#gl;
    const points = this.#scene.positions.length / 2;
    gl.viewport(0, 0, gl.drawingBufferWidth, gl.drawingBufferHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    gl.uniform2f(this.#uniform('centre'), camera.x, camera.y);
    gl.uniform2f(
      this.#uniform('scale'),
      (camera.scale * 2) / camera.width,
      (camera.scale * 2) / camera.height,
    );
    gl.uniform1f(this.#uniform('size'), radiusFor(points, camera.zoom) * 2 * ratio);
    gl.drawArrays(gl.POINTS, 0, points);
  }

  #uniform(name: string): WebGLUniformLocation | null {
    const known = this.#uniforms.get(name);
    if (known !== undefined) return known;
    const location = this.#gl.getUniformLocation(this.#program, name);
    this.#uniforms.set(name, location);
    return location;
  }

  #fill(name: 'position' | 'group' | 'selected', size: number, values: Float32Array): void {
    const gl = this.#gl;
    const location = gl.getAttribLocation(this.#program, name);
    gl.bindBuffer(gl.ARRAY_BUFFER, this.#buffers[name]);
    gl.bufferData(gl.ARRAY_BUFFER, values, gl.DYNAMIC_DRAW);
    gl.enableVertexAttribArray(location);
    gl.vertexAttribPointer(location, size, gl.FLOAT, false, 0, 0);
  }
}

const link = (gl: WebGL2RenderingContext): WebGLProgram | undefined => {
  const program = gl.createProgram();
  for (const [type, source] of [
    [gl.VERTEX_SHADER, vertexShader],
    [gl.FRAGMENT_SHADER, fragmentShader],
  ] as const) {
    const shader = gl.createShader(type);
    if (shader === null) return undefined;
    gl.shaderSource(shader, source);
    gl.compileShader(shader);
    gl.attachShader(program, shader);
  }
  gl.linkProgram(program);
  return gl.getProgramParameter(program, gl.LINK_STATUS) === true ? program : undefined;
};
