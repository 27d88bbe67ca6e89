import type {
  AvatarOutputProtocol,
  AvatarType,
  PhotoAvatarModel,
} from "./enums";

/** A talking figure, sent over WebRTC or as video deltas. @see protocol.md §10 */
export interface Avatar {
  /** Default `video-avatar`. Since 2026-01-01-preview. */
  type?: AvatarType | null;
  character: string;
  /** Required by the specification, although one page sample omits it. */
  customized: boolean;
  style?: string | null;
  /** Required for `photo-avatar`. Since 2026-01-01-preview. */
  model?: PhotoAvatarModel | null;
  /** When absent, `session.updated` brings the server's own TURN credentials here. */
  ice_servers?: IceServer[] | null;
  video?: AvatarVideo | null;
  /** Since 2026-01-01-preview. */
  scene?: AvatarScene | null;
  /** Default `webrtc`. Since 2026-01-01-preview. */
  output_protocol?: AvatarOutputProtocol | null;
  /** Also sends `response.audio.delta`, which an avatar session otherwise lacks. Since 2026-01-01-preview. */
  output_audit_audio?: boolean | null;
}

export interface IceServer {
  urls: string[];
  username?: string | null;
  /** A secret: keep it out of logs. */
  credential?: string | null;
}

export interface AvatarVideo {
  /** Bits per second, default 2000000. */
  bitrate?: number | null;
  /** Only `h264` is known. */
  codec?: string | null;
  crop?: AvatarCrop | null;
  resolution?: { width: number; height: number } | null;
  background?: AvatarBackground | null;
  /** Frames between key frames, 1 to 2000, default 10. */
  gop_size?: number | null;
}

/** Corners as `[x, y]` in pixels. */
export interface AvatarCrop {
  top_left: number[];
  bottom_right: number[];
}

/** A colour or a picture, not both. */
export interface AvatarBackground {
  color?: string | null;
  image_url?: string | null;
}

/**
 * Placement of a photo avatar. The specification's default 0 for `zoom` and `amplitude` is outside their own ranges:
 * leave them out rather than send it.
 */
export interface AvatarScene {
  zoom?: number | null;
  /** -1 to 1, as `position_y`. */
  position_x?: number | null;
  position_y?: number | null;
  /** Radians, as the other rotations. */
  rotation_x?: number | null;
  rotation_y?: number | null;
  rotation_z?: number | null;
  /** Above 0, at most 1. */
  amplitude?: number | null;
}
