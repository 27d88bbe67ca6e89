import { AVATAR_OUTPUT_PROTOCOLS, AVATAR_TYPES } from "../protocol";
import { invalidValue, missingParameter } from "./request-fault";
import {
  between,
  type Check,
  checkMembers,
  isBoolean,
  isString,
  listOf,
  membersOf,
  oneOf,
} from "./value-checks";

/** @see protocol.md §10 */
export function isAvatar(value: unknown, param: string): void {
  const avatar = membersOf(value, param);
  const { type = "video-avatar", character, customized, model } = avatar;
  oneOf(AVATAR_TYPES)(type, `${param}.type`);
  if (!character) throw missingParameter(`${param}.character`);
  if (customized === undefined) throw missingParameter(`${param}.customized`);
  if (type === "photo-avatar" && !model)
    throw missingParameter(`${param}.model`);
  checkMembers(avatar, param, {
    character: isString,
    customized: isBoolean,
    style: isString,
    model: isString,
    ice_servers: listOf(isIceServer),
    video: isVideo,
    scene: isScene,
    output_protocol: oneOf(AVATAR_OUTPUT_PROTOCOLS),
    output_audit_audio: isBoolean,
  });
}

function isIceServer(value: unknown, param: string): void {
  const server = membersOf(value, param);
  listOf(isString)(server["urls"], `${param}.urls`);
  checkMembers(server, param, { username: isString, credential: isString });
}

function isVideo(value: unknown, param: string): void {
  checkMembers(membersOf(value, param), param, {
    bitrate: between(1, Infinity),
    codec: isString,
    gop_size: between(1, 2000),
    crop: allOf({ top_left: isCorner, bottom_right: isCorner }),
    resolution: allOf({
      width: between(1, Infinity),
      height: between(1, Infinity),
    }),
    background: isBackground,
  });
}

/** An object with every one of the members. */
function allOf(checks: Readonly<Record<string, Check>>): Check {
  return (value, param) => {
    const members = membersOf(value, param);
    for (const [name, check] of Object.entries(checks)) {
      if (members[name] === undefined)
        throw missingParameter(`${param}.${name}`);
      check(members[name], `${param}.${name}`);
    }
  };
}

function isCorner(value: unknown, param: string): void {
  listOf(between(0, Infinity))(value, param);
  if (Array.isArray(value) && value.length !== 2)
    throw invalidValue(param, "two numbers", value);
}

function isBackground(value: unknown, param: string): void {
  const background = membersOf(value, param);
  checkMembers(background, param, { color: isString, image_url: isString });
  if (background["color"] && background["image_url"])
    throw invalidValue(param, "a color or an image_url", value);
}

/** The specification's own default 0 for zoom and amplitude lies outside their ranges. */
function isScene(value: unknown, param: string): void {
  const turn = between(-7, 7);
  checkMembers(membersOf(value, param), param, {
    zoom: between(Number.MIN_VALUE, Infinity),
    position_x: between(-1, 1),
    position_y: between(-1, 1),
    rotation_x: turn,
    rotation_y: turn,
    rotation_z: turn,
    amplitude: between(Number.MIN_VALUE, 1),
  });
}
